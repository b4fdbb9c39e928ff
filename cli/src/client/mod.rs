//! The REST interface of a registry, as far as the command line needs it.
//!
//! It knows the wire contract by its own small structs ([`wire`]) and nothing of the server.

pub mod access;
pub mod details;
pub mod wire;

use std::time::Duration;
use std::{fmt, io};

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::de::DeserializeOwned;

use ureq::config::RedirectAuthHeaders;
use ureq::tls::TlsConfig;

use access::{Access, BASIC_AUTH, BEARER_TOKEN, Url};
use wire::{
    Compatible, ErrorBody, LevelBody, LookedUp, ModeBody, RegisterBody, Registered, SchemaById,
    SubjectVersion, VersionBody,
};

/// The most bytes of an answer that are read.
const MAX_ANSWER_BYTES: u64 = 64 << 20;
/// How long a registry may take for one answer.
const TIMEOUT: Duration = Duration::from_mins(1);
/// How much of an unexpected answer is shown.
const MAX_SHOWN_CHARS: usize = 200;

const CONTENT_TYPE: &str = "application/vnd.schemaregistry.v1+json";

/// The HTTP status of who has not said who asks.
const UNAUTHORIZED: u16 = 401;

/// The error code of a subject that does not exist.
const SUBJECT_NOT_FOUND: i64 = 40401;

/// The error code of a schema that the subject does not have.
const SCHEMA_NOT_FOUND: i64 = 40403;

/// What the registry, or the way to it, refused.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The URL is none.
    #[error("`{0}` is no URL of a registry")]
    Url(String),
    /// What is said about access makes no sense.
    #[error("{0}")]
    Access(String),
    /// Nothing answers.
    #[error("cannot reach the registry at `{url}`")]
    Unreachable {
        /// The URL that was asked.
        url: String,
        /// What the network says.
        source: io::Error,
    },
    /// Something answers that is no registry.
    #[error("`{url}` did not answer as a schema registry does: {what}")]
    Foreign {
        /// The URL that was asked.
        url: String,
        /// The HTTP status.
        status: u16,
        /// Status and beginning of the answer.
        what: String,
    },
    /// The registry says no.
    #[error("the registry refused ({code}): {message}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// The registry's error code.
        code: i64,
        /// The registry's words, without the details.
        message: String,
        /// What it says in detail.
        details: Vec<String>,
    },
    /// The registry's answer makes no sense.
    #[error("the registry at `{url}` answered with {what}")]
    Senseless {
        /// The base URL.
        url: String,
        /// What makes no sense.
        what: String,
    },
}

impl Error {
    /// What the user can do about it.
    pub fn help(&self) -> Option<String> {
        let text = match self {
            Self::Url(_) => "a registry is named such as http://127.0.0.1:8081",
            Self::Unreachable { source, .. } if is_refused(source) => {
                "is it running? start one with `schemad`, or give the URL of another"
            }
            Self::Unreachable { .. } => "check the host name and the network",
            Self::Foreign {
                status: UNAUTHORIZED,
                ..
            }
            | Self::Refused {
                status: UNAUTHORIZED,
                ..
            } => {
                return Some(format!(
                    "say who asks: {BASIC_AUTH}=USER:PASSWORD or {BEARER_TOKEN}=TOKEN in the \
                     environment, or https://USER:PASSWORD@HOST"
                ));
            }
            Self::Foreign { .. } => "is this the base URL of a registry, with the right port?",
            Self::Refused {
                code: SUBJECT_NOT_FOUND,
                ..
            } => "`schemactl list` prints the subjects that there are",
            Self::Access(_) | Self::Refused { .. } | Self::Senseless { .. } => return None,
        };
        Some(text.to_owned())
    }

    /// What the registry says in detail.
    pub fn details(&self) -> &[String] {
        match self {
            Self::Refused { details, .. } => details,
            Self::Url(_)
            | Self::Access(_)
            | Self::Unreachable { .. }
            | Self::Foreign { .. }
            | Self::Senseless { .. } => &[],
        }
    }

    /// Whether the subject does not exist.
    pub const fn is_subject_not_found(&self) -> bool {
        matches!(
            self,
            Self::Refused {
                code: SUBJECT_NOT_FOUND,
                ..
            }
        )
    }

    /// Whether the registry may have done what it was asked to do all the same.
    pub const fn is_in_doubt(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::Foreign { .. } | Self::Senseless { .. } => true,
            Self::Refused { status, .. } => *status >= 500,
            Self::Url(_) | Self::Access(_) => false,
        }
    }

    /// Whether nothing answers.
    pub const fn is_unreachable(&self) -> bool {
        matches!(self, Self::Unreachable { .. })
    }

    /// Whether the registry holds the schema to be incompatible.
    pub const fn is_incompatible(&self) -> bool {
        matches!(self, Self::Refused { status: 409, .. })
    }
}

fn is_refused(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::ConnectionRefused
}

/// A registry.
pub struct Client {
    agent: ureq::Agent,
    base: String,
    authorization: Option<String>,
}

impl fmt::Debug for Client {
    /// Without what is secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Client");
        debug.field("base", &self.base).finish_non_exhaustive()
    }
}

impl Client {
    /// The registry at a base URL, with access as the environment says. Nothing is asked yet.
    pub fn new(url: &str) -> Result<Self, Error> {
        Self::with(url, &Access::of_environment())
    }

    /// The same with access as it is said.
    pub fn with(url: &str, access: &Access) -> Result<Self, Error> {
        let parts = Url::of(url);
        let base = &parts.shown;
        let rest = base
            .strip_prefix("http://")
            .or_else(|| base.strip_prefix("https://"));
        if rest.is_none_or(|rest| rest.is_empty() || rest.starts_with('/')) {
            return Err(Error::Url(parts.shown));
        }
        let tls = TlsConfig::builder().root_certs(access.roots()?).build();
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(TIMEOUT))
            .user_agent(concat!("schemactl/", env!("CARGO_PKG_VERSION")))
            .accept(CONTENT_TYPE)
            .redirect_auth_headers(RedirectAuthHeaders::SameHost)
            .tls_config(tls)
            .build();
        Ok(Self {
            agent: config.into(),
            authorization: access.authorization(&parts)?,
            base: parts.shown,
        })
    }

    /// The base URL, without what is secret in it.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// All subjects.
    pub fn subjects(&self) -> Result<Vec<String>, Error> {
        self.get("/subjects")
    }

    /// The subjects that begin so.
    pub fn subjects_from(&self, prefix: &str) -> Result<Vec<String>, Error> {
        if prefix.is_empty() {
            return self.subjects();
        }
        self.get(&format!("/subjects?subjectPrefix={}", segment(prefix)))
    }

    /// The live versions of a subject, oldest first.
    pub fn versions(&self, subject: &str) -> Result<Vec<i32>, Error> {
        self.get(&format!("/subjects/{}/versions", segment(subject)))
    }

    /// One version of a subject; `version` is a number or `latest`.
    pub fn version(&self, subject: &str, version: &str) -> Result<VersionBody, Error> {
        let (subject, version) = (segment(subject), segment(version));
        self.get(&format!("/subjects/{subject}/versions/{version}"))
    }

    /// One version of a subject, even a soft-deleted one: what references point to.
    pub fn referenced(&self, subject: &str, version: i32) -> Result<VersionBody, Error> {
        let subject = segment(subject);
        self.get(&format!(
            "/subjects/{subject}/versions/{version}?deleted=true"
        ))
    }

    /// The schema of an id.
    pub fn schema(&self, id: i64) -> Result<SchemaById, Error> {
        self.get(&format!("/schemas/ids/{id}"))
    }

    /// The compatibility level that counts for a subject.
    pub fn level(&self, subject: &str) -> Result<LevelBody, Error> {
        self.get(&format!(
            "/config/{}?defaultToGlobal=true",
            segment(subject)
        ))
    }

    /// The version of a subject that has exactly this schema.
    pub fn look_up(&self, subject: &str, body: &RegisterBody) -> Result<Option<LookedUp>, Error> {
        match self.post(&format!("/subjects/{}", segment(subject)), body) {
            Ok(found) => Ok(Some(found)),
            Err(Error::Refused {
                code: SUBJECT_NOT_FOUND | SCHEMA_NOT_FOUND,
                ..
            }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Whether the registry would accept a schema, at the level of the subject.
    pub fn compatible(&self, subject: &str, body: &RegisterBody) -> Result<Compatible, Error> {
        let subject = segment(subject);
        let path = format!("/compatibility/subjects/{subject}/versions?verbose=true");
        match self.post(&path, body) {
            Err(error) if error.is_subject_not_found() => Ok(Compatible::default()),
            answer => answer,
        }
    }

    /// What may be done with a subject, such as `READWRITE`; `None` where the registry has no modes.
    pub fn mode(&self, subject: &str) -> Result<Option<String>, Error> {
        let path = format!("/mode/{}?defaultToGlobal=true", segment(subject));
        match self.get::<ModeBody>(&path) {
            Ok(body) => Ok(Some(body.mode)),
            Err(Error::Refused { status: 404, .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Deletes a version, softly: what refers to it still finds it.
    pub fn delete_version(&self, subject: &str, version: i32) -> Result<(), Error> {
        let path = format!("/subjects/{}/versions/{version}", segment(subject));
        let url = format!("{}{path}", self.base);
        let deleted: i32 = Self::answer(&url, self.allowed(self.agent.delete(&url)).call())?;
        if deleted != version {
            return Err(self.senseless(&format!("it deleted version {deleted} instead")));
        }
        Ok(())
    }

    /// The ids of the live schemas that refer to a version.
    pub fn referrers(&self, subject: &str, version: i32) -> Result<Vec<i64>, Error> {
        let subject = segment(subject);
        self.get(&format!(
            "/subjects/{subject}/versions/{version}/referencedby"
        ))
    }

    /// The live versions that have a schema. Ids count within the context of a subject.
    pub fn versions_of(&self, id: i64, near: &str) -> Result<Vec<SubjectVersion>, Error> {
        let context = segment(context(near));
        self.get(&format!("/schemas/ids/{id}/versions?subject={context}"))
    }

    /// Registers a schema; registering it again gives the same id.
    pub fn register(&self, subject: &str, body: &RegisterBody) -> Result<Registered, Error> {
        self.post(&format!("/subjects/{}/versions", segment(subject)), body)
    }

    fn post<T: DeserializeOwned>(&self, path: &str, body: &RegisterBody) -> Result<T, Error> {
        let url = format!("{}{path}", self.base);
        let text = serde_json::to_string(body).map_err(|error| self.senseless(&error))?;
        let request = self.agent.post(&url).header("content-type", CONTENT_TYPE);
        Self::answer(&url, self.allowed(request).send(&text))
    }

    fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Error> {
        let url = format!("{}{path}", self.base);
        Self::answer(&url, self.allowed(self.agent.get(&url)).call())
    }

    /// A request that says who asks.
    fn allowed<B>(&self, request: ureq::RequestBuilder<B>) -> ureq::RequestBuilder<B> {
        match &self.authorization {
            Some(authorization) => request.header("authorization", authorization),
            None => request,
        }
    }

    fn answer<T: DeserializeOwned>(
        url: &str,
        answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>,
    ) -> Result<T, Error> {
        let unreachable = |error: ureq::Error| Error::Unreachable {
            url: url.to_owned(),
            source: error.into_io(),
        };
        let mut answer = answer.map_err(unreachable)?;
        let status = answer.status();
        let body = answer
            .body_mut()
            .with_config()
            .limit(MAX_ANSWER_BYTES)
            .lossy_utf8(true);
        let text = body.read_to_string().map_err(unreachable)?;
        if status.is_success() {
            return serde_json::from_str(&text).map_err(|_| foreign(url, status.as_u16(), &text));
        }
        match serde_json::from_str::<ErrorBody>(&text) {
            Ok(body) => {
                let (message, details) = details::split(&body.message);
                Err(Error::Refused {
                    status: status.as_u16(),
                    code: body.error_code,
                    message,
                    details,
                })
            }
            Err(_) => Err(foreign(url, status.as_u16(), &text)),
        }
    }

    /// An answer that cannot be used.
    pub fn senseless(&self, what: &impl ToString) -> Error {
        Error::Senseless {
            url: self.base.clone(),
            what: what.to_string(),
        }
    }
}

fn foreign(url: &str, status: u16, text: &str) -> Error {
    let shown: String = text.trim().chars().take(MAX_SHOWN_CHARS).collect();
    let what = if shown.is_empty() {
        format!("status {status} and nothing else")
    } else {
        format!("status {status} and `{shown}`")
    };
    Error::Foreign {
        url: url.to_owned(),
        status,
        what,
    }
}

/// `:.structs:` of `:.structs:order.proto`; empty where a subject names no context.
fn context(subject: &str) -> &str {
    let inside = subject.strip_prefix(":.");
    let end = inside.and_then(|inside| inside.find(':'));
    end.and_then(|end| subject.get(..end + 3))
        .unwrap_or_default()
}

/// A path segment: subjects may contain anything.
fn segment(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_must_name_a_host() {
        for bad in [
            "",
            "localhost:8081",
            "http://",
            "https:///subjects",
            "ftp://x",
        ] {
            assert!(Client::new(bad).is_err(), "{bad}");
        }
        assert_eq!(
            Client::new("http://localhost:8081/")
                .expect("is good")
                .base(),
            "http://localhost:8081"
        );
    }

    #[test]
    fn a_context_is_what_a_subject_begins_with() {
        assert_eq!(context(":.structs:a/b.proto"), ":.structs:");
        assert_eq!(context("a/b.proto"), "");
        assert_eq!(context(":.structs"), "");
    }

    #[test]
    fn a_subject_is_one_segment_of_the_path() {
        assert_eq!(segment("a/b c"), "a%2Fb%20c");
    }
}
