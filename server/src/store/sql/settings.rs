//! Changes of configuration and mode, and the probe that shows that writing works.

use async_trait::async_trait;

use super::failure::Failure;
use super::register::refuse_name;
use super::session::{Arg, Locks, ScopeKey};
use super::writer::{Operation, Tx};
use crate::store::error::Refusal;
use crate::store::model::{Change, Origin, Revision, Scope, Setting, SettingsChange, SubjectName};

/// A change of one setting of a scope.
pub(super) struct ChangeSettings {
    change: SettingsChange,
    key: ScopeKey,
    origin: Origin,
}

impl ChangeSettings {
    pub(super) fn new(change: SettingsChange, origin: Origin) -> Result<Self, Refusal> {
        let key = ScopeKey::from(&change.scope);
        refuse_name(&SubjectName::new(&*key.context, &*key.subject))?;
        let (Setting::Config(value) | Setting::Mode(value)) = &change.setting;
        if value.as_ref().is_some_and(|value| value.contains('\0')) {
            return Err(Refusal::NulCharacter("setting"));
        }
        Ok(Self {
            change,
            key,
            origin,
        })
    }

    fn is_removal(&self) -> bool {
        matches!(
            self.change.setting,
            Setting::Config(None) | Setting::Mode(None)
        )
    }
}

#[async_trait]
impl Operation for ChangeSettings {
    type Output = ();

    fn context(&self) -> String {
        format!("while changing the settings of {:?}", self.change.scope)
    }

    fn home(&self) -> &str {
        &self.key.context
    }

    fn locks(&self, locks: &mut Locks) {
        if self.is_removal() {
            locks.hold(self.key.clone());
        } else {
            locks.claim(self.key.clone());
        }
    }

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let key = [
            Arg::Text(self.key.kind),
            Arg::Text(&self.key.context),
            Arg::Text(&self.key.subject),
        ];
        let rows = tx.read(super::read::SCOPE, &key).await?;
        let (revision, config, mode) = match rows.first() {
            Some(row) => (row.int(0)?, row.opt_text(1)?, row.opt_text(2)?),
            None => (0, None, None),
        };
        let revision = revision + tx.revisions_ahead(&self.key);
        if revision != own_revision(&self.change.scope, self.change.expected) {
            return Err(Refusal::Moved.into());
        }
        let (config, mode, change) = match &self.change.setting {
            Setting::Config(new) if *new == config => return Ok(()),
            Setting::Mode(new) if *new == mode => return Ok(()),
            Setting::Config(new) => {
                let config = new.clone();
                (new.clone(), mode, Change::ConfigChanged { config })
            }
            Setting::Mode(new) => {
                let mode = new.clone();
                (config, new.clone(), Change::ModeChanged { mode })
            }
        };
        let [kind, context, subject] = key;
        let (config, mode) = (config.as_deref(), mode.as_deref());
        let args = [
            kind,
            context,
            subject,
            Arg::OptText(config),
            Arg::OptText(mode),
        ];
        tx.write(SET, &args).await?;
        tx.log(&self.origin, self.key.clone(), &change)
    }
}

const SET: &str = "INSERT INTO scopes (kind, context, subject, revision, config, mode) \
     VALUES ($1, $2, $3, 1, $4, $5) ON CONFLICT (kind, context, subject) DO UPDATE \
     SET revision = scopes.revision + 1, config = excluded.config, mode = excluded.mode";

/// The part of a revision that belongs to the scope itself.
fn own_revision(scope: &Scope, revision: Revision) -> i64 {
    match scope {
        Scope::AllContexts => revision.all_contexts,
        Scope::Context(_) => revision.context,
        Scope::Subject(_) => revision.subject,
    }
}

/// The revision that [`own_revision`] takes apart.
pub(super) fn revision_of(scope: &Scope, own: i64) -> Revision {
    let mut revision = Revision::default();
    match scope {
        Scope::AllContexts => revision.all_contexts = own,
        Scope::Context(_) => revision.context = own,
        Scope::Subject(_) => revision.subject = own,
    }
    revision
}

/// A write that changes nothing but goes all the way.
pub(super) struct Probe;

#[async_trait]
impl Operation for Probe {
    type Output = ();

    fn context(&self) -> String {
        "while trying whether it can be written".to_owned()
    }

    fn home(&self) -> &'static str {
        ""
    }

    fn locks(&self, _locks: &mut Locks) {}

    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        tx.write("UPDATE log_head SET position = position", &[])
            .await?;
        Ok(())
    }
}
