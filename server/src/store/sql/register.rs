//! Registration: the transaction that adds a version. See [`Store::register`] for what it promises.
//!
//! [`Store::register`]: crate::store::Store::register

use async_trait::async_trait;

use super::failure::Failure;
use super::session::{Arg, Locks, Row};
use super::writer::{Operation, Tx};
use crate::store::error::Refusal;
use crate::store::model::{
    Change, Content, LoggedSchema, NAME_BYTES_MAX, NUMBER_MAX, Origin, Reference, Registered,
    Registration, Revision, SchemaId, Scope, SubjectName, VersionNumber,
};

/// A registration with what is computed from it once.
pub(super) struct Register {
    registration: Registration,
    origin: Origin,
    guid: String,
    reference_list: String,
}

impl Register {
    pub(super) fn new(registration: Registration, origin: Origin) -> Result<Self, Failure> {
        refuse_unstorable(&registration)?;
        let references = &registration.content.references;
        Ok(Self {
            guid: registration.content.guid.to_string(),
            reference_list: serde_json::to_string(references).map_err(Failure::corrupt)?,
            registration,
            origin,
        })
    }

    fn subject(&self) -> &SubjectName {
        &self.registration.subject
    }

    fn content(&self) -> &Content {
        &self.registration.content
    }
}

#[async_trait]
impl Operation for Register {
    type Output = Registered;

    fn context(&self) -> String {
        format!("while registering a schema under `{}`", self.subject())
    }

    fn home(&self) -> &str {
        &self.subject().context
    }

    fn locks(&self, locks: &mut Locks) {
        locks.share(&Scope::AllContexts);
        locks.share(&Scope::Context(self.subject().context.clone()));
        locks.claim(self.subject().into());
        for reference in &self.content().references {
            locks.hold((&reference.target).into());
        }
    }

    async fn run(&self, tx: &mut Tx<'_>) -> Result<Registered, Failure> {
        let facts = self.facts(tx).await?;
        if let Some(found) = &facts.schema
            && !found.has_same_content
        {
            return Err(Refusal::GuidCollision(found.id).into());
        }
        if let Some(live) = facts.live {
            return Ok(live);
        }
        if facts.revision != self.registration.expected {
            return Err(Refusal::Moved.into());
        }
        self.check_references(tx).await?;
        self.add(tx, &facts).await
    }
}

/// What decides about a registration.
struct Facts {
    revision: Revision,
    /// 0 if there is none.
    last_version: u32,
    /// The context's schema with the same guid and type.
    schema: Option<FoundSchema>,
    /// The subject's newest live version with that schema.
    live: Option<Registered>,
    /// Whether the subject has soft-deleted versions with that schema.
    has_deleted: bool,
}

struct FoundSchema {
    id: SchemaId,
    has_same_content: bool,
    has_same_text: bool,
}

impl Register {
    /// One query for all: on a remote database the round trips are what costs.
    ///
    /// The subject is locked, so what this says about it stays so. The schema is not: should
    /// another node add or remove it at the same time, the tables' constraints stop one of the
    /// two, who runs again.
    async fn facts(&self, tx: &mut Tx<'_>) -> Result<Facts, Failure> {
        let subject = self.subject();
        let content = self.content();
        let args = [
            Arg::Text(&subject.context),
            Arg::Text(&subject.name),
            Arg::Text(&self.guid),
            Arg::Text(content.schema_type.name()),
            Arg::Text(&content.canonical_text),
            Arg::Text(&self.reference_list),
            Arg::Text(&content.text),
        ];
        let rows = tx.read(FACTS, &args).await?;
        let row = rows.first().ok_or(sqlx::Error::RowNotFound)?;
        let schema = match row.opt_number(4)? {
            Some(id) => Some(FoundSchema {
                id: SchemaId(id),
                has_same_content: row.flag(5)?,
                has_same_text: row.flag(6)?,
            }),
            None => None,
        };
        let mut facts = Facts {
            revision: Revision {
                all_contexts: row.opt_int(0)?.unwrap_or_default(),
                context: row.opt_int(1)?.unwrap_or_default(),
                subject: row.opt_int(2)?.unwrap_or_default() + tx.revisions_ahead(&subject.into()),
            },
            last_version: row.opt_number(3)?.unwrap_or_default(),
            schema,
            live: None,
            has_deleted: false,
        };
        for row in &rows {
            facts.add_version(row)?;
        }
        Ok(facts)
    }
}

impl Facts {
    /// Takes in a version with the schema, if the row has one; live ones come first, newest first.
    fn add_version(&mut self, row: &Row) -> Result<(), Failure> {
        let (Some(found), Some(version)) = (&self.schema, row.opt_number(7)?) else {
            return Ok(());
        };
        if row.flag(8)? {
            self.has_deleted = true;
        } else if self.live.is_none() {
            self.live = Some(Registered {
                id: found.id,
                version: VersionNumber(version),
                time_ms: row.int(9)?,
                created: false,
            });
        }
        Ok(())
    }
}

impl Register {
    async fn check_references(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let references = &self.content().references;
        let mut resolved = self.registration.resolved.iter();
        for reference in references {
            let id = resolved.next();
            if id.is_none() || live_schema_id(tx, reference).await?.as_ref() != id {
                return Err(Refusal::ReferenceUnresolved(reference.clone()).into());
            }
        }
        Ok(())
    }

    async fn add(&self, tx: &mut Tx<'_>, facts: &Facts) -> Result<Registered, Failure> {
        let subject = self.subject();
        let version = next_number(facts.last_version, || subject.to_string())?;
        let version = VersionNumber(version);
        let id = match &facts.schema {
            Some(found) => found.id,
            None => self.add_schema(tx).await?,
        };
        let removed = if facts.has_deleted {
            remove_superseded(tx, subject, id).await?
        } else {
            Vec::new()
        };
        let found = facts.schema.as_ref();
        let own_text = found
            .filter(|found| !found.has_same_text)
            .map(|_| self.content().text.clone());
        self.add_version(tx, id, version, own_text.as_deref())
            .await?;
        tx.touch(subject);
        let change = Change::VersionRegistered {
            version,
            id,
            schema: found.is_none().then(|| LoggedSchema::from(self.content())),
            own_text,
            removed,
        };
        tx.log(&self.origin, subject, &change)?;
        Ok(Registered {
            id,
            version,
            time_ms: self.origin.time_ms,
            created: true,
        })
    }

    async fn add_schema(&self, tx: &mut Tx<'_>) -> Result<SchemaId, Failure> {
        let home = &self.subject().context;
        let id = next_id(tx, home).await?;
        let content = self.content();
        let args = [
            Arg::Text(home),
            Arg::Int(id.into()),
            Arg::Text(content.schema_type.name()),
            Arg::Text(&self.guid),
            Arg::Text(&content.text),
            Arg::Text(&content.canonical_text),
            Arg::Text(&self.reference_list),
            Arg::OptText(content.metadata.as_deref()),
            Arg::OptText(content.rule_set.as_deref()),
        ];
        tx.write(ADD_SCHEMA, &args).await?;
        for (position, reference) in (0..).zip(&content.references) {
            add_reference(tx, home, id, position, reference).await?;
        }
        Ok(SchemaId(id))
    }

    async fn add_version(
        &self,
        tx: &mut Tx<'_>,
        id: SchemaId,
        version: VersionNumber,
        own_text: Option<&str>,
    ) -> Result<(), Failure> {
        let args = [
            Arg::Text(&self.subject().context),
            Arg::Text(&self.subject().name),
            Arg::Int(version.0.into()),
            Arg::Int(id.0.into()),
            Arg::OptText(own_text),
            Arg::Int(self.origin.time_ms),
        ];
        tx.write(ADD_VERSION, &args).await?;
        Ok(())
    }
}

/// The revisions of all contexts, the context and the subject, the subject's last version; the
/// schema of the same guid and type with whether content and text are the same; and for each of the
/// subject's versions with it, number, whether it is deleted, and time.
const FACTS: &str = "SELECT \
     (SELECT revision FROM scopes WHERE kind = 'all' AND context = '' AND subject = ''), \
     (SELECT revision FROM scopes WHERE kind = 'context' AND context = $1 AND subject = ''), \
     (SELECT revision FROM scopes WHERE kind = 'subject' AND context = $1 AND subject = $2), \
     (SELECT MAX(version) FROM versions WHERE context = $1 AND subject = $2), \
     s.id, s.canonical_text = $5 AND s.reference_list = $6, s.text = $7, \
     v.version, v.deleted, v.time_ms FROM (SELECT 1 AS one) AS always \
     LEFT JOIN schemas s ON s.context = $1 AND s.guid = $3 AND s.schema_type = $4 \
     LEFT JOIN versions v ON v.context = $1 AND v.subject = $2 AND v.schema_id = s.id \
     ORDER BY v.deleted, v.version DESC";

const ADD_SCHEMA: &str = "INSERT INTO schemas (context, id, schema_type, guid, text, \
     canonical_text, reference_list, metadata, rule_set) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";

const ADD_VERSION: &str = "INSERT INTO versions (context, subject, version, schema_id, own_text, \
     deleted, time_ms) VALUES ($1, $2, $3, $4, $5, FALSE, $6)";

fn refuse_unstorable(registration: &Registration) -> Result<(), Refusal> {
    let content = &registration.content;
    refuse_name(&registration.subject)?;
    let texts = [
        ("schema", Some(&content.text)),
        ("schema", Some(&content.canonical_text)),
        ("metadata", content.metadata.as_ref()),
        ("rule set", content.rule_set.as_ref()),
    ];
    for (what, text) in texts {
        if text.is_some_and(|text| text.contains('\0')) {
            return Err(Refusal::NulCharacter(what));
        }
    }
    for reference in &content.references {
        refuse_name(&reference.target)?;
        if reference.name.contains('\0') || reference.subject.contains('\0') {
            return Err(Refusal::NulCharacter("reference"));
        }
    }
    Ok(())
}

/// Refuses names that cannot be kept in every database.
pub(super) fn refuse_name(subject: &SubjectName) -> Result<(), Refusal> {
    for name in [&subject.context, &subject.name] {
        if name.contains('\0') {
            return Err(Refusal::NulCharacter("name"));
        }
        if name.len() > NAME_BYTES_MAX {
            return Err(Refusal::NameTooLong(name.len()));
        }
    }
    Ok(())
}

fn next_number(last: u32, of: impl FnOnce() -> String) -> Result<u32, Refusal> {
    if last < NUMBER_MAX {
        Ok(last + 1)
    } else {
        Err(Refusal::NumbersExhausted(of()))
    }
}

async fn live_schema_id(
    tx: &mut Tx<'_>,
    reference: &Reference,
) -> Result<Option<SchemaId>, Failure> {
    let args = [
        Arg::Text(&reference.target.context),
        Arg::Text(&reference.target.name),
        Arg::Int(reference.version.0.into()),
    ];
    let sql = "SELECT schema_id FROM versions \
         WHERE context = $1 AND subject = $2 AND version = $3 AND deleted = FALSE";
    let rows = tx.read(sql, &args).await?;
    Ok(match rows.first() {
        Some(row) => Some(SchemaId(row.number(0)?)),
        None => None,
    })
}

/// Takes the context's next id, which creates the context if need be. The row stays locked until
/// the commit, so ids are given in commit order and come back if it fails.
async fn next_id(tx: &mut Tx<'_>, context: &str) -> Result<u32, Failure> {
    let sql = "INSERT INTO contexts (name, last_schema_id) VALUES ($1, 1) ON CONFLICT (name) \
         DO UPDATE SET last_schema_id = contexts.last_schema_id + 1 RETURNING last_schema_id - 1";
    let rows = tx.write(sql, &[Arg::Text(context)]).await?;
    let row = rows.first().ok_or(sqlx::Error::RowNotFound)?;
    Ok(next_number(row.number(0)?, || {
        format!("context {context}")
    })?)
}

async fn add_reference(
    tx: &mut Tx<'_>,
    context: &str,
    id: u32,
    position: i64,
    reference: &Reference,
) -> Result<(), Failure> {
    let args = [
        Arg::Text(context),
        Arg::Int(id.into()),
        Arg::Int(position),
        Arg::Text(&reference.target.context),
        Arg::Text(&reference.target.name),
        Arg::Int(reference.version.0.into()),
    ];
    let sql = "INSERT INTO schema_references (context, schema_id, position, target_context, \
         target_subject, target_version) VALUES ($1, $2, $3, $4, $5, $6)";
    tx.write(sql, &args).await?;
    Ok(())
}

/// Removes the soft-deleted versions that have the same schema, except those that are referred to.
async fn remove_superseded(
    tx: &mut Tx<'_>,
    subject: &SubjectName,
    id: SchemaId,
) -> Result<Vec<VersionNumber>, Failure> {
    let sql = "DELETE FROM versions WHERE context = $1 AND subject = $2 AND schema_id = $3 \
         AND deleted = TRUE AND NOT EXISTS (SELECT 1 FROM schema_references r \
         WHERE r.target_context = $1 AND r.target_subject = $2 \
         AND r.target_version = versions.version) RETURNING version";
    let args = [
        Arg::Text(&subject.context),
        Arg::Text(&subject.name),
        Arg::Int(id.0.into()),
    ];
    sorted_numbers(&tx.write(sql, &args).await?)
}

/// The first column of rows in no particular order.
pub(super) fn sorted_numbers(rows: &[Row]) -> Result<Vec<VersionNumber>, Failure> {
    let mut numbers = rows
        .iter()
        .map(|row| Ok(VersionNumber(row.number(0)?)))
        .collect::<Result<Vec<_>, Failure>>()?;
    numbers.sort_unstable();
    Ok(numbers)
}
