//! The server killed while clients write, and clients that race: what was acknowledged stays, and of
//! contradicting registrations one is accepted. On both back ends.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Barrier, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use harness::{Client, Database, Schemad};
use serde_json::{Value, json};

/// How many clients write at once while the server is killed.
const WRITERS: usize = 8;
/// How many subjects they share, so that they also contend for versions.
const SUBJECTS: usize = 3;
/// How often the server is killed.
const KILLS: usize = 4;
/// How many acknowledgements each life of the server gives before it is killed.
const ACKS_PER_LIFE: usize = 60;
/// How long a life may take to give them, so that a dead server fails the test and hangs nothing.
const LIFE_MAX: Duration = Duration::from_mins(1);
/// How many clients race for one subject, and how often.
const RACERS: usize = 16;
const RACES: usize = 5;

/// A registration that the server has acknowledged.
#[derive(Clone, Debug)]
struct Acknowledged {
    subject: String,
    schema: String,
    id: u64,
    version: u64,
}

#[test]
fn kill_while_clients_register_loses_nothing_acknowledged_on_sqlite() {
    kill_while_clients_register(&Database::sqlite().unwrap());
}

#[test]
fn kill_while_clients_register_loses_nothing_acknowledged_on_postgres() {
    if let Some(database) = Database::postgres().unwrap() {
        kill_while_clients_register(&database);
    }
}

#[test]
fn of_contradicting_registrations_one_is_accepted_on_sqlite() {
    let database = Database::sqlite().unwrap();
    let server = Schemad::start(&database).unwrap();
    race(&[&server]);
}

#[test]
fn of_contradicting_registrations_one_is_accepted_on_two_postgres_nodes() {
    let Some(database) = Database::postgres().unwrap() else {
        return;
    };
    // Both migrate the empty database at once.
    let (one, two) = thread::scope(|scope| {
        let other = scope.spawn(|| Schemad::start(&database).unwrap());
        (Schemad::start(&database).unwrap(), other.join().unwrap())
    });
    race(&[&one, &two]);
}

#[test]
fn stopping_on_sigterm_is_clean_and_keeps_everything() {
    let database = Database::sqlite().unwrap();
    let server = Schemad::start(&database).unwrap();
    let reply = register(&server.client(), "kept", &record_of(1, 1)).unwrap();
    let status = server.stop().unwrap();
    assert!(status.success(), "{status}");
    let server = Schemad::start(&database).unwrap();
    let stored = server
        .client()
        .get("/subjects/kept/versions/1")
        .unwrap()
        .ok();
    assert_eq!(stored.json().unwrap()["id"], reply["id"]);
}

fn kill_while_clients_register(database: &Database) {
    let acknowledged = Mutex::new(Vec::new());
    for life in 0..KILLS {
        let server = Schemad::start(database).unwrap();
        let client = server.client();
        client
            .put("/config", &json!({"compatibility": "NONE"}))
            .unwrap()
            .assert_ok();
        let before = acknowledged.lock().unwrap().len();
        let enough = AtomicUsize::new(0);
        thread::scope(|scope| {
            for writer in 0..WRITERS {
                let (client, acknowledged, enough) = (&client, &acknowledged, &enough);
                scope
                    .spawn(move || write_until_cut_off(client, life, writer, acknowledged, enough));
            }
            let deadline = Instant::now() + LIFE_MAX;
            while enough.load(Ordering::Relaxed) < ACKS_PER_LIFE && Instant::now() < deadline {
                thread::sleep(Duration::from_millis(1));
            }
            server.kill().unwrap();
        });
        let count = acknowledged.lock().unwrap().len() - before;
        assert!(count >= ACKS_PER_LIFE, "only {count} acknowledged");
        let server = Schemad::start(database).unwrap();
        assert_all_there(&server.client(), &acknowledged.lock().unwrap());
    }
}

/// Registers new schemas one after the other until the connection breaks.
fn write_until_cut_off(
    client: &Client,
    life: usize,
    writer: usize,
    acknowledged: &Mutex<Vec<Acknowledged>>,
    count: &AtomicUsize,
) {
    for number in 0.. {
        let subject = format!("subject-{}", number % SUBJECTS);
        let schema = json!({
            "type": "record",
            "name": format!("R_{life}_{writer}_{number}"),
            "fields": [{"name": "f", "type": "long"}],
        })
        .to_string();
        let Some(reply) = register(client, &subject, &schema) else {
            return;
        };
        acknowledged.lock().unwrap().push(Acknowledged {
            subject,
            schema,
            id: reply["id"].as_u64().unwrap(),
            version: reply["version"].as_u64().unwrap(),
        });
        count.fetch_add(1, Ordering::Relaxed);
    }
}

/// The acknowledgement, or `None` where the connection broke.
fn register(client: &Client, subject: &str, schema: &str) -> Option<Value> {
    let path = format!("/subjects/{subject}/versions");
    let reply = client.post(&path, &json!({"schema": schema})).ok()?;
    Some(reply.ok().json().unwrap())
}

fn assert_all_there(client: &Client, acknowledged: &[Acknowledged]) {
    let ids: BTreeSet<u64> = acknowledged.iter().map(|one| one.id).collect();
    assert_eq!(ids.len(), acknowledged.len(), "an id was given twice");
    let mut versions: BTreeMap<&str, BTreeMap<u64, u64>> = BTreeMap::new();
    for one in acknowledged {
        let by_version = versions.entry(&one.subject).or_default();
        let twice = by_version.insert(one.version, one.id);
        assert_eq!(twice, None, "a version was given twice: {one:?}");
        let path = format!("/subjects/{}/versions/{}", one.subject, one.version);
        let stored = client.get(&path).unwrap().ok().json().unwrap();
        assert_eq!(stored["id"], one.id, "{one:?}");
        assert_eq!(stored["schema"], one.schema, "{one:?}");
        let by_id = client.get(&format!("/schemas/ids/{}", one.id)).unwrap();
        assert_eq!(by_id.ok().json().unwrap()["schema"], one.schema, "{one:?}");
    }
    for subject in versions.keys() {
        let path = format!("/subjects/{subject}/versions");
        let listed = client.get(&path).unwrap().ok().json().unwrap();
        let listed: Vec<u64> = serde_json::from_value(listed).unwrap();
        let gap_free: Vec<u64> = (1..).take(listed.len()).collect();
        assert_eq!(listed, gap_free, "{subject} has gaps");
    }
}

/// Clients register at once, under one subject, schemas of which no two are compatible.
fn race(servers: &[&Schemad]) {
    for number in 0..RACES {
        let subject = format!("race-{number}");
        let start = Barrier::new(RACERS);
        let replies: Vec<_> = thread::scope(|scope| {
            let racers: Vec<_> = (0..RACERS)
                .map(|racer| {
                    let (subject, start) = (&subject, &start);
                    let client = servers[racer % servers.len()].client();
                    scope.spawn(move || {
                        let body = json!({"schema": record_of(number, racer + 1)});
                        start.wait();
                        client.post(&format!("/subjects/{subject}/versions"), &body)
                    })
                })
                .collect();
            racers
                .into_iter()
                .map(|racer| racer.join().unwrap().unwrap())
                .collect()
        });
        let accepted = replies.iter().filter(|reply| reply.status == 200).count();
        assert_eq!(accepted, 1, "{replies:#?}");
        for reply in replies.iter().filter(|reply| reply.status != 200) {
            assert_eq!(
                (reply.status, reply.error_code()),
                (409, Some(40901)),
                "{reply:?}"
            );
        }
        for server in servers {
            let path = format!("/subjects/{subject}/versions");
            let versions = server.client().get(&path).unwrap().ok();
            assert_eq!(versions.json().unwrap(), json!([1]));
        }
    }
}

/// A record whose only field is a `fixed` of that size: no size reads another.
fn record_of(number: usize, size: usize) -> String {
    json!({
        "type": "record",
        "name": format!("Race{number}"),
        "fields": [{"name": "f", "type": {"type": "fixed", "name": "F", "size": size}}],
    })
    .to_string()
}
