"""Lets a broker keep to itself what the relay's publishing channels should hear, confirms above all."""

# The process that writes to the client on every channel the relay publishes on; suspended, all that these channels have
# to say stays with the broker, confirms above all, while the connection goes on to live.
WRITERS = """
[Writer || Channel <- rabbit_channel:list_local(),
    [{connection, Connection}, {confirm, true}] <- [rabbit_channel:info(Channel, [connection, confirm])],
    [{client_properties, Properties}] <- [rabbit_networking:connection_info(Connection, [client_properties])],
    {_, _, <<"piste-relay publish">>} <- Properties,
    {dictionary, Dictionary} <- [process_info(Channel, dictionary)],
    {writer, Writer, _, _} <- supervisor:which_children(hd(proplists:get_value('$ancestors', Dictionary)))]
"""
SILENCE = f"put(silent, {WRITERS.strip()}), length([erlang:suspend_process(Writer) || Writer <- get(silent)])."
# One whose connection has ended meanwhile is no longer there to go on.
SPEAK = "[catch erlang:resume_process(Writer) || Writer <- get(silent)], length(erase(silent))."
