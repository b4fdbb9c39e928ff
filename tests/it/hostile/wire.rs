//! Bytes that no HTTP library sends: half requests, slow ones, nonsense, bodies beyond the limit.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::Duration;

use super::Target;

/// How long to wait for an answer.
const PATIENCE: Duration = Duration::from_secs(20);
/// More than the server takes.
const TOO_LARGE: usize = 11_000_000;

fn connect(target: &Target) -> TcpStream {
    let stream = TcpStream::connect(target.server.address()).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// The status of the first answer; `None` where the server just closed the connection.
fn status(mut stream: TcpStream) -> Option<u16> {
    let mut answer = Vec::new();
    let mut buffer = [0; 4096];
    while let Ok(count) = stream.read(&mut buffer) {
        answer.extend_from_slice(&buffer[..count]);
        if count == 0 || answer.contains(&b'\n') {
            break;
        }
    }
    let answer = String::from_utf8_lossy(&answer);
    let status = answer.strip_prefix("HTTP/1.1 ")?.get(..3)?;
    status.parse().ok()
}

#[test]
fn nonsense_on_the_wire_is_refused_or_cut_off() {
    let target = Target::new();
    let long_line = format!("GET /{} HTTP/1.1\r\n\r\n", "a".repeat(1_000_000));
    let many_headers = format!("GET / HTTP/1.1\r\n{}\r\n", "a: b\r\n".repeat(10_000));
    let requests: [&[u8]; 9] = [
        b"\0\0\0\0\0\0\0\0\r\n\r\n",
        b"HELLO\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /subjects HTTP/1.1\r\nHost\r\n\r\n",
        b"POST /subjects/a HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        b"POST /subjects/a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
        b"POST /subjects/a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        long_line.as_bytes(),
        many_headers.as_bytes(),
    ];
    for request in requests {
        let mut stream = connect(&target);
        // The server may cut us off before we have said everything.
        let _ = stream.write_all(request);
        let name = String::from_utf8_lossy(&request[..request.len().min(60)]).into_owned();
        if let Some(status) = status(stream) {
            assert!((400..500).contains(&status), "{status} for {name:?}");
        }
    }
}

#[test]
fn half_requests_hold_nobody_up() {
    let target = Target::new();
    let halves: [&[u8]; 4] = [
        b"",
        b"GET /subj",
        b"POST /subjects/a/versions HTTP/1.1\r\nHost: a\r\nContent-Len",
        b"POST /subjects/a/versions HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n{\"schema\":",
    ];
    let open: Vec<TcpStream> = (0..200)
        .map(|number| {
            let mut stream = connect(&target);
            stream.write_all(halves[number % halves.len()]).unwrap();
            stream
        })
        .collect();
    target.assert_alive();
    drop(open);
    target.assert_alive();
}

#[test]
fn a_slow_request_is_answered() {
    let target = Target::new();
    let mut stream = connect(&target);
    for byte in b"GET /subjects HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" {
        stream.write_all(&[*byte]).unwrap();
        thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(status(stream), Some(200));
}

#[test]
fn a_body_beyond_the_limit_is_refused_however_it_is_sent() {
    let target = Target::new();
    let head =
        "POST /subjects/a/versions HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n";
    let sized = format!("{head}Content-Length: {TOO_LARGE}\r\n\r\n");
    let chunked = format!("{head}Transfer-Encoding: chunked\r\n\r\n{TOO_LARGE:x}\r\n");
    for (start, end) in [(sized, ""), (chunked, "\r\n0\r\n\r\n")] {
        let mut stream = connect(&target);
        let mut sender = stream.try_clone().unwrap();
        // Sent beside reading: the server answers before it has everything.
        let sending = thread::spawn(move || {
            let _ = sender.write_all(start.as_bytes());
            let block = vec![b' '; 100_000];
            for _ in 0..TOO_LARGE / block.len() {
                if sender.write_all(&block).is_err() {
                    return;
                }
            }
            let _ = sender.write_all(end.as_bytes());
        });
        stream.flush().unwrap();
        assert_eq!(status(stream), Some(413));
        sending.join().unwrap();
    }
}
