"""Lets a broker keep to itself what the relay's publishing channels should hear, confirms above all."""

# The process that writes to the client on every channel the relay publishes on; suspended, all that these channels have
# to say stays with the broker, while the connection goes on to live. Channels may end at any moment.
WRITERS = """
[Writer || Channel <- rabbit_channel:list_local(),
    [{connection, Connection}, {confirm, true}] <- [catch rabbit_channel:info(Channel, [connection, confirm])],
    [{client_properties, Properties}] <- [catch rabbit_networking:connection_info(Connection, [client_properties])],
    {_, _, <<"piste-relay publish">>} <- Properties,
    {dictionary, Dictionary} <- [process_info(Channel, dictionary)],
    Children <- [catch supervisor:which_children(hd(proplists:get_value('$ancestors', Dictionary)))],
    is_list(Children),
    {writer, Writer, _, _} <- Children]
"""
SILENCE = (
    f"put(silent, [Writer || Writer <- {WRITERS.strip()}, true =:= (catch erlang:suspend_process(Writer))]), "
    "length(get(silent))."
)
# One whose connection has ended meanwhile is no longer there to go on.
SPEAK = "[catch erlang:resume_process(Writer) || Writer <- get(silent)], length(erase(silent))."
