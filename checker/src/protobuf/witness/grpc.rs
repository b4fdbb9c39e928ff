//! What a gRPC call between two versions comes to: the status that the client gets.
//!
//! No call is made here. That libraries behave as it is said here is shown by tests that run servers and
//! clients of two versions. Requests and responses are written and read, as other messages are.
//!
//! Source: "Status codes and their use in gRPC" (`doc/statuscodes.md` of gRPC): UNIMPLEMENTED for a method
//! that is not known and for another number of messages than the method has, INTERNAL for a message that
//! cannot be read.

use super::{Case, Names, Read, compared};
use crate::model::{Direction, Witness, WitnessKind};
use crate::protobuf::dynamic::Message;
use crate::protobuf::model::{Method, Service};
use crate::protobuf::pool::FieldRef;
use crate::protobuf::rules::Context;

/// An old client calls a method that the new server has not.
pub(crate) fn removed(service: &Service, method: &Method) -> Witness {
    witness(
        service,
        method,
        "a client of the old version gets UNIMPLEMENTED from a server of the new version"
            .to_owned(),
    )
}

/// One side sends more or fewer messages than the other takes. Whoever sends a single message to a stream is
/// well.
pub(crate) fn streaming(
    direction: Direction,
    service: &Service,
    old: &Method,
    new: &Method,
) -> Option<Witness> {
    let (client, server, sides) = calling(direction, old, new);
    let Sides {
        client: of_client,
        server: of_server,
    } = sides;
    let outcome = if client.client_streaming && !server.client_streaming {
        format!(
            "a client of the {of_client} version that sends no request gets UNIMPLEMENTED from a server \
             of the {of_server} version, and of several requests that server reads the first"
        )
    } else if server.server_streaming && !client.server_streaming {
        format!(
            "a client of the {of_client} version gets UNIMPLEMENTED, or nothing until its deadline, \
             when a server of the {of_server} version sends two responses"
        )
    } else {
        return None;
    };
    Some(witness(service, client, outcome))
}

/// A request that the server reads as something else.
pub(crate) fn request(
    cx: &Context,
    direction: Direction,
    service: &Service,
    (old, new): (&Method, &Method),
) -> Option<Witness> {
    // Requests go from the client to the server, which reads.
    let (client, _, sides) = calling(direction, old, new);
    let names = Names {
        old: &old.input,
        new: &new.input,
    };
    let (sent, seen) = read_otherwise(cx, direction, names)?;
    let Sides {
        client: of_client,
        server: of_server,
    } = sides;
    let outcome = match seen {
        Ok(seen) => format!(
            "a client of the {of_client} version gets OK from a server of the {of_server} version that \
             {seen}"
        ),
        Err(error) => format!(
            "a client of the {of_client} version gets INTERNAL from a server of the {of_server} version: \
             {error}"
        ),
    };
    Some(with_message(witness(service, client, outcome), &sent))
}

/// A response that the client reads as something else.
pub(crate) fn response(
    cx: &Context,
    direction: Direction,
    service: &Service,
    (old, new): (&Method, &Method),
) -> Option<Witness> {
    // Responses go from the server to the client, which reads: the reader is on the other end.
    let (of_client, of_server, client) = match direction {
        Direction::Backward => ("new", "old", new),
        Direction::Forward => ("old", "new", old),
    };
    let names = Names {
        old: &old.output,
        new: &new.output,
    };
    let (sent, seen) = read_otherwise(cx, direction, names)?;
    let outcome = match seen {
        Ok(seen) => format!(
            "a client of the {of_client} version gets OK from a server of the {of_server} version and \
             {seen}"
        ),
        Err(error) => format!(
            "a client of the {of_client} version gets INTERNAL when it reads the response of a server of \
             the {of_server} version: {error}"
        ),
    };
    Some(with_message(witness(service, client, outcome), &sent))
}

/// A message as it was sent, and what its reader finds or why it fails.
type Sent<'p> = (Message<'p>, Result<String, String>);

/// The first field of the writer's message that the reader does not get as it was written.
fn read_otherwise<'p>(cx: &Context<'p>, direction: Direction, names: Names) -> Option<Sent<'p>> {
    let case = Case::new(cx, direction, names)?;
    case.writer
        .fields()
        .find_map(|field| one_field(&case, field))
}

fn one_field<'p>(case: &Case<'p>, written: FieldRef<'p>) -> Option<Sent<'p>> {
    let read = case.reader.field(written.proto.number());
    case.with(written).find_map(|message| {
        let result: Read = Message::decode(case.reader, &message.encode());
        let seen = match (result, read) {
            (Err(error), _) => Err(error.to_string()),
            (Ok(_), None) => Ok(format!("finds no `{}`", written.proto.name())),
            (Ok(got), Some(read)) => Ok(compared(&message, written, &got, read)?),
        };
        Some((message, seen))
    })
}

/// The versions of the two ends.
struct Sides {
    client: &'static str,
    server: &'static str,
}

/// Who calls whom: backward, old clients call new servers.
fn calling<'m>(
    direction: Direction,
    old: &'m Method,
    new: &'m Method,
) -> (&'m Method, &'m Method, Sides) {
    match direction {
        Direction::Backward => {
            let sides = Sides {
                client: "old",
                server: "new",
            };
            (old, new, sides)
        }
        Direction::Forward => {
            let sides = Sides {
                client: "new",
                server: "old",
            };
            (new, old, sides)
        }
    }
}

fn witness(service: &Service, method: &Method, outcome: String) -> Witness {
    Witness {
        kind: WitnessKind::GrpcCall,
        input: format!("/{}/{}", service.name, method.name),
        bytes_hex: None,
        outcome,
        output: None,
    }
}

/// Adds the message that is sent.
fn with_message(witness: Witness, message: &Message) -> Witness {
    Witness {
        input: format!("{} {{ {} }}", witness.input, message.known_text()),
        bytes_hex: Some(super::hex(&message.encode())),
        ..witness
    }
}
