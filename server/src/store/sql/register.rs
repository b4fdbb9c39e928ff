//! Registration: the transaction that adds a version. See [`Store::register`] for what it promises.
//!
//! [`Store::register`]: crate::store::Store::register

use async_trait::async_trait;

use super::failure::Failure;
use super::session::{ALL_CONTEXTS, Arg, CONTEXT, Locks, SUBJECT};
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

    /// The arguments that find the schema: context, guid, type, canonical text, references.
    fn identity(&self) -> [Arg<'_>; 5] {
        [
            Arg::Text(&self.subject().context),
            Arg::Text(&self.guid),
            Arg::Text(self.content().schema_type.name()),
            Arg::Text(&self.content().canonical_text),
            Arg::Text(&self.reference_list),
        ]
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
        if let Some(registered) = self.find_live(tx).await? {
            return Ok(registered);
        }
        self.check_revision(tx).await?;
        self.check_references(tx).await?;
        let last_id = lock_context(tx, &self.subject().context).await?;
        let (id, is_new) = match self.find_schema(tx).await? {
            Some(id) => (id, false),
            None => (self.add_schema(tx, last_id).await?, true),
        };
        self.add_version(tx, id, is_new).await
    }
}

impl Register {
    /// The newest live version with the same content.
    async fn find_live(&self, tx: &mut Tx<'_>) -> Result<Option<Registered>, Failure> {
        let [context, guid, schema_type, canonical, references] = self.identity();
        let subject = Arg::Text(&self.subject().name);
        let args = [context, guid, schema_type, canonical, references, subject];
        let rows = tx.read(FIND_LIVE, &args).await?;
        let Some(row) = rows.first() else {
            return Ok(None);
        };
        let id = SchemaId(row.number(0)?);
        if !row.flag(1)? {
            return Err(Refusal::GuidCollision(id).into());
        }
        Ok(Some(Registered {
            id,
            version: VersionNumber(row.number(2)?),
            time_ms: row.int(3)?,
            created: false,
        }))
    }

    async fn check_revision(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let found = revision(tx, self.subject()).await?;
        if found == self.registration.expected {
            Ok(())
        } else {
            Err(Refusal::Moved.into())
        }
    }

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

    /// The context's schema with the same content.
    async fn find_schema(&self, tx: &mut Tx<'_>) -> Result<Option<SchemaId>, Failure> {
        let rows = tx.read(FIND_SCHEMA, &self.identity()).await?;
        let Some(row) = rows.first() else {
            return Ok(None);
        };
        let id = SchemaId(row.number(0)?);
        if row.flag(1)? {
            Ok(Some(id))
        } else {
            Err(Refusal::GuidCollision(id).into())
        }
    }

    async fn add_schema(&self, tx: &mut Tx<'_>, last_id: u32) -> Result<SchemaId, Failure> {
        let home = &self.subject().context;
        let id = next_number(last_id, || format!("context {home}"))?;
        tx.write(
            "UPDATE contexts SET last_schema_id = $2 WHERE name = $1",
            &[Arg::Text(home), Arg::Int(id.into())],
        )
        .await?;
        let [_, guid, schema_type, canonical, references] = self.identity();
        let content = self.content();
        let args = [
            Arg::Text(home),
            Arg::Int(id.into()),
            schema_type,
            guid,
            Arg::Text(&content.text),
            canonical,
            references,
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
        is_new: bool,
    ) -> Result<Registered, Failure> {
        let subject = self.subject();
        let last = last_version(tx, subject).await?;
        let version = VersionNumber(next_number(last, || subject.to_string())?);
        let removed = remove_superseded(tx, subject, id).await?;
        let own_text = self.own_text(tx, id, is_new).await?;
        let args = [
            Arg::Text(&subject.context),
            Arg::Text(&subject.name),
            Arg::Int(version.0.into()),
            Arg::Int(id.0.into()),
            Arg::OptText(own_text.as_deref()),
            Arg::Int(self.origin.time_ms),
        ];
        tx.write(ADD_VERSION, &args).await?;
        touch(tx, subject).await?;
        let change = Change::VersionRegistered {
            version,
            id,
            schema: is_new.then(|| LoggedSchema::from(self.content())),
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

    /// The text of this version, where it is not the schema's.
    async fn own_text(
        &self,
        tx: &mut Tx<'_>,
        id: SchemaId,
        is_new: bool,
    ) -> Result<Option<String>, Failure> {
        if is_new {
            return Ok(None);
        }
        let text = &self.content().text;
        let args = [
            Arg::Text(&self.subject().context),
            Arg::Int(id.0.into()),
            Arg::Text(text),
        ];
        let sql = "SELECT id FROM schemas WHERE context = $1 AND id = $2 AND text = $3";
        let same = !tx.read(sql, &args).await?.is_empty();
        Ok((!same).then(|| text.clone()))
    }
}

const FIND_LIVE: &str = "SELECT s.id, s.canonical_text = $4 AND s.reference_list = $5, \
     v.version, v.time_ms FROM schemas s \
     JOIN versions v ON v.context = s.context AND v.schema_id = s.id \
     WHERE s.context = $1 AND s.guid = $2 AND s.schema_type = $3 \
     AND v.subject = $6 AND v.deleted = FALSE ORDER BY v.version DESC LIMIT 1";

const FIND_SCHEMA: &str = "SELECT id, canonical_text = $4 AND reference_list = $5 \
     FROM schemas WHERE context = $1 AND guid = $2 AND schema_type = $3";

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

/// The revision of a subject and what is above it; rows that do not exist count as 0.
async fn revision(tx: &mut Tx<'_>, subject: &SubjectName) -> Result<Revision, Failure> {
    let args = [Arg::Text(&subject.context), Arg::Text(&subject.name)];
    let rows = tx.read(super::read::SCOPES_OF_SUBJECT, &args).await?;
    let mut revision = Revision::default();
    for row in rows {
        let number = row.int(1)?;
        match row.text(0)?.as_str() {
            ALL_CONTEXTS => revision.all_contexts = number,
            CONTEXT => revision.context = number,
            SUBJECT => revision.subject = number,
            kind => return Err(Failure::corrupt(format!("unknown scope `{kind}`"))),
        }
    }
    Ok(revision)
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

/// Takes the lock of a context's schemas, which creates the context, and returns the last id that
/// was given. Under it, what [`Register::find_schema`] sees stays so until the commit.
pub(super) async fn lock_context(tx: &mut Tx<'_>, context: &str) -> Result<u32, Failure> {
    let sql = "INSERT INTO contexts (name, last_schema_id) VALUES ($1, 0) ON CONFLICT (name) \
         DO UPDATE SET last_schema_id = contexts.last_schema_id RETURNING last_schema_id";
    let rows = tx.write(sql, &[Arg::Text(context)]).await?;
    let row = rows.first().ok_or(sqlx::Error::RowNotFound)?;
    Ok(row.number(0)?)
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

async fn last_version(tx: &mut Tx<'_>, subject: &SubjectName) -> Result<u32, Failure> {
    let sql = "SELECT version FROM versions WHERE context = $1 AND subject = $2 \
         ORDER BY version DESC LIMIT 1";
    let args = [Arg::Text(&subject.context), Arg::Text(&subject.name)];
    let rows = tx.read(sql, &args).await?;
    rows.first().map_or(Ok(0), |row| Ok(row.number(0)?))
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
pub(super) fn sorted_numbers(rows: &[super::session::Row]) -> Result<Vec<VersionNumber>, Failure> {
    let mut numbers = rows
        .iter()
        .map(|row| Ok(VersionNumber(row.number(0)?)))
        .collect::<Result<Vec<_>, Failure>>()?;
    numbers.sort_unstable();
    Ok(numbers)
}

/// Moves a subject to its next revision.
pub(super) async fn touch(tx: &mut Tx<'_>, subject: &SubjectName) -> Result<(), Failure> {
    let sql = "INSERT INTO scopes (kind, context, subject, revision) \
         VALUES ('subject', $1, $2, 1) ON CONFLICT (kind, context, subject) \
         DO UPDATE SET revision = scopes.revision + 1";
    let args = [Arg::Text(&subject.context), Arg::Text(&subject.name)];
    tx.write(sql, &args).await?;
    Ok(())
}
