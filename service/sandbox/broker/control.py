"""What a test or a demo asks of a broker, in Erlang that RabbitMQ 3.10 and 4.x both understand."""

import socket
import struct
from pathlib import Path

LIMIT = 60.0  # seconds one request may take: deleting a virtual host with many queues is the slowest

RUNNING = "rabbit:is_running()."
RAISE_ALARM = "rabbit_alarm:set_alarm({{resource_limit, memory, node()}, []})."
CLEAR_ALARM = "rabbit_alarm:clear_alarm({resource_limit, memory, node()})."
WANT_DISK = "rabbit_disk_monitor:set_disk_free_limit({bytes})."
# One that ends by itself meanwhile is closed, too.
CLOSE_CONNECTIONS = (
    '[(catch rabbit_networking:close_connection(P, "closed by the test")) || P <- rabbit_networking:connections()].'
)
CUT_CONNECTIONS = "[exit(P, kill) || P <- rabbit_networking:connections()]."
WRITE_OUT_NAMES = "[dets:sync(Table) || Table <- dets:all()]."
COUNT_CONNECTIONS = "length(rabbit_networking:connections())."

# Runs inside the node from its start: reads one expression per connection from a socket file in the node's own folder
# (mode 700, as closed as the Erlang cookie), answers the value. rabbitmqctl does the same at two seconds a call.
LISTENER = """
spawn(fun() ->
    {ok, Socket} = gen_tcp:listen(0, [binary, {packet, 4}, {active, false}, {ifaddr, {local, "%s"}}]),
    Run = fun(Text) ->
        {ok, Tokens, _} = erl_scan:string(unicode:characters_to_list(Text)),
        {ok, Parsed} = erl_parse:parse_exprs(Tokens),
        {value, Value, _} = erl_eval:exprs(Parsed, []),
        Value
    end,
    Serve = fun Serve() ->
        {ok, Peer} = gen_tcp:accept(Socket),
        case gen_tcp:recv(Peer, 0) of
            {ok, Text} ->
                Answer = try io_lib:format("ok ~0tp", [Run(Text)]) catch _:Why -> io_lib:format("no ~0tp", [Why]) end,
                gen_tcp:send(Peer, unicode:characters_to_binary(Answer));
            _ -> gone
        end,
        gen_tcp:close(Peer),
        Serve()
    end,
    Serve()
end).
"""


class ControlFailed(Exception):
    """The broker could not do what was asked; the text is Erlang's reason."""


def listener(path: Path) -> str:
    """The code that makes a node listen on this socket file."""
    return " ".join(line.strip() for line in (LISTENER % path).splitlines())


def ask(path: Path, expression: str) -> str:
    """The value of an Erlang expression in the node; raises OSError when it is down, else ControlFailed."""
    body = expression.encode()
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(LIMIT)
        connection.connect(str(path))
        connection.sendall(struct.pack(">I", len(body)) + body)
        answer = b""
        while chunk := connection.recv(65536):
            answer += chunk
    verdict, _, value = answer[4:].decode().partition(" ")
    if verdict != "ok":
        raise ControlFailed(f"{expression} failed: {value or 'no answer'}")
    return value


def add_vhost(name: str) -> str:
    """The expression that makes a virtual host guest may use."""
    every = '<<".*">>'
    return (
        f"ok = rabbit_vhost:add({_binary(name)}, {_binary('relay')}), "
        f"rabbit_auth_backend_internal:set_permissions({_binary('guest')}, {_binary(name)}, {every}, {every}, {every}, "
        f"{_binary('relay')})."
    )


def delete_vhost(name: str) -> str:
    """The expression that removes a virtual host with all it holds, in the background: connections delay it by 5 s."""
    return f"spawn(fun() -> rabbit_vhost:delete({_binary(name)}, {_binary('relay')}) end)."


def _binary(text: str) -> str:
    if not all(letter.isalnum() or letter in "-_." for letter in text):
        raise ValueError(f"a virtual host is named with letters, digits, dots and dashes, not {text!r}")
    return f'<<"{text}">>'
