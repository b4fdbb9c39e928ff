//! The server killed or stopped while clients write, and clients that race: what was acknowledged
//! stays, and of contradicting registrations one is accepted. On both back ends.

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
/// How long a node may take to notice what another has removed.
const NOTICE_MAX: Duration = Duration::from_secs(20);
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
    cut_off_while_clients_register(&Database::sqlite().unwrap(), KILLS, kill);
}

#[test]
fn kill_while_clients_register_loses_nothing_acknowledged_on_postgres() {
    if let Some(database) = Database::postgres().unwrap() {
        cut_off_while_clients_register(&database, KILLS, kill);
    }
}

#[test]
fn stop_while_clients_register_loses_nothing_acknowledged_on_sqlite() {
    cut_off_while_clients_register(&Database::sqlite().unwrap(), 1, stop);
}

#[test]
fn stop_while_clients_register_loses_nothing_acknowledged_on_postgres() {
    if let Some(database) = Database::postgres().unwrap() {
        cut_off_while_clients_register(&database, 1, stop);
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
fn what_one_node_changes_counts_on_the_other() {
    let Some(database) = Database::postgres().unwrap() else {
        return;
    };
    let nodes = [(); 2].map(|()| Schemad::start(&database).unwrap());
    let [here, there] = nodes.each_ref().map(Schemad::client);
    let versions = "/subjects/shared/versions";
    let of_size = |size| json!({"schema": record_of(0, size)});
    here.post(versions, &of_size(1)).unwrap().assert_ok();
    assert_eq!(there.post(versions, &of_size(2)).unwrap().status, 409);
    // Settings are never read from a cache.
    let none = json!({"compatibility": "NONE"});
    here.put("/config/shared", &none).unwrap().assert_ok();
    let second = there.post(versions, &of_size(2)).unwrap().ok();
    let by_id = format!("/schemas/ids/{}", second.json().unwrap()["id"]);
    // Schemas by id are, until the other node has noticed that one is gone.
    there.get(&by_id).unwrap().assert_ok();
    let version = format!("{versions}/2");
    here.delete(&version).unwrap().assert_ok();
    there.get(&by_id).unwrap().assert_ok();
    let hard = format!("{version}?permanent=true");
    here.delete(&hard).unwrap().assert_ok();
    let deadline = Instant::now() + NOTICE_MAX;
    while there.get(&by_id).unwrap().error_code() != Some(40403) {
        assert!(Instant::now() < deadline, "{by_id} is still served");
        thread::sleep(Duration::from_millis(10));
    }
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

fn kill(server: Schemad) {
    server.kill().unwrap();
}

fn stop(server: Schemad) {
    let status = server.stop().unwrap();
    assert!(status.success(), "{status}");
}

/// Clients register while the server is brought to its end in that way, so many times.
fn cut_off_while_clients_register(database: &Database, lives: usize, end: fn(Schemad)) {
    let acknowledged = Mutex::new(Vec::new());
    for life in 0..lives {
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
            end(server);
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
