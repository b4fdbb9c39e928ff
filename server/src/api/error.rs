//! Errors as the wire contract has them: HTTP status, error code and message text, each made by a
//! constructor of that name, so that wording and codes are the same everywhere.
//!
//! Error bodies have two members and never more: old clients refuse to read others.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use checker::Format;
use serde::Serialize;

use super::respond::json_with_status;
use crate::registry;

/// How many seconds a client should wait before it tries again while the database is away.
const RETRY_AFTER_SECONDS: HeaderValue = HeaderValue::from_static("1");

/// An answer that says no.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ApiError {
    status: StatusCode,
    code: u32,
    message: String,
}

#[derive(Serialize)]
struct Body<'a> {
    error_code: u32,
    message: &'a str,
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let body = Body {
            error_code: self.code,
            message: &self.message,
        };
        let mut response = json_with_status(self.status, &body);
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, RETRY_AFTER_SECONDS);
        }
        response
    }
}

impl ApiError {
    /// An error whose code begins with its HTTP status.
    fn coded(code: u32, message: impl Into<String>) -> Self {
        let status = u16::try_from(code / 100).ok();
        let status = status.and_then(|status| StatusCode::from_u16(status).ok());
        Self {
            status: status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            code,
            message: message.into(),
        }
    }

    /// An error of the HTTP layer: its code is the status.
    fn http(status: StatusCode, message: impl Into<String>) -> Self {
        Self {
            status,
            code: u32::from(status.as_u16()),
            message: message.into(),
        }
    }

    pub(crate) fn not_found() -> Self {
        Self::http(StatusCode::NOT_FOUND, "HTTP 404 Not Found")
    }

    pub(crate) fn method_not_allowed() -> Self {
        Self::http(
            StatusCode::METHOD_NOT_ALLOWED,
            "HTTP 405 Method Not Allowed",
        )
    }

    pub(crate) fn unsupported_media_type() -> Self {
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        let message = "HTTP 415 Unsupported Media Type: send Content-Type: application/json, or \
                       application/vnd.schemaregistry.v1+json";
        Self::http(status, message)
    }

    pub(crate) fn body_too_large(bytes_max: usize) -> Self {
        let message = format!(
            "The request body is larger than {bytes_max} bytes, the limit of --max-body-size"
        );
        Self::http(StatusCode::PAYLOAD_TOO_LARGE, message)
    }

    pub(crate) fn body_too_slow() -> Self {
        let message = "The request body did not arrive in time";
        Self::http(StatusCode::REQUEST_TIMEOUT, message)
    }

    pub(crate) fn malformed(message: impl Into<String>) -> Self {
        Self::http(StatusCode::BAD_REQUEST, message)
    }

    pub(crate) fn missing_body() -> Self {
        let message = "The request needs a body: a JSON object";
        Self::http(StatusCode::UNPROCESSABLE_ENTITY, message)
    }

    pub(crate) fn unprocessable(message: impl Into<String>) -> Self {
        Self::http(StatusCode::UNPROCESSABLE_ENTITY, message)
    }

    pub(crate) fn subject_not_found(subject: &str) -> Self {
        Self::coded(40401, format!("Subject '{subject}' not found."))
    }

    pub(crate) fn version_not_found(version: &str) -> Self {
        Self::coded(40402, format!("Version {version} not found."))
    }

    pub(crate) fn schema_not_found() -> Self {
        Self::coded(40403, "Schema not found")
    }

    pub(crate) fn schema_id_not_found(id: &str) -> Self {
        Self::coded(40403, format!("Schema {id} not found"))
    }

    pub(crate) fn subject_soft_deleted(subject: &str) -> Self {
        let message = format!(
            "Subject '{subject}' was soft deleted.Set permanent=true to delete permanently"
        );
        Self::coded(40404, message)
    }

    pub(crate) fn subject_not_soft_deleted(subject: &str) -> Self {
        let message =
            format!("Subject '{subject}' was not deleted first before being permanently deleted");
        Self::coded(40405, message)
    }

    pub(crate) fn version_soft_deleted(subject: &str, version: u32) -> Self {
        let message = format!(
            "Subject '{subject}' Version {version} was soft deleted.\
             Set permanent=true to delete permanently"
        );
        Self::coded(40406, message)
    }

    pub(crate) fn version_not_soft_deleted(subject: &str, version: u32) -> Self {
        let message = format!(
            "Subject '{subject}' Version {version} was not deleted first \
             before being permanently deleted"
        );
        Self::coded(40407, message)
    }

    pub(crate) fn config_not_set(subject: &str) -> Self {
        let message =
            format!("Subject '{subject}' does not have subject-level compatibility configured");
        Self::coded(40408, message)
    }

    pub(crate) fn incompatible(subject: &str, messages: &[String]) -> Self {
        let message = format!(
            "Schema being registered is incompatible with an earlier schema for subject \
             \"{subject}\", details: [{}]",
            messages.join(", ")
        );
        Self::coded(40901, message)
    }

    pub(crate) fn undecided(subject: &str, messages: &[String]) -> Self {
        let message = format!(
            "Whether the schema being registered is compatible with an earlier schema for subject \
             \"{subject}\" could not be decided, so it was refused, details: [{}]",
            messages.join(", ")
        );
        Self::coded(40901, message)
    }

    pub(crate) fn invalid_schema(format: Format, details: &str) -> Self {
        Self::coded(
            42201,
            format!("Invalid schema of type {format}, details: {details}"),
        )
    }

    pub(crate) fn empty_schema() -> Self {
        Self::coded(42201, "Empty schema")
    }

    pub(crate) fn invalid_schema_type(name: &str) -> Self {
        let message = format!("Invalid schema type {name}, the types are AVRO, PROTOBUF and JSON");
        Self::coded(42201, message)
    }

    pub(crate) fn incomplete_reference() -> Self {
        Self::coded(
            42201,
            "Invalid schema reference: name, subject and version must be given",
        )
    }

    pub(crate) fn not_next_version() -> Self {
        Self::coded(42201, "Version is not one more than previous version")
    }

    pub(crate) fn invalid_version(version: &str) -> Self {
        let message = format!(
            "The specified version '{version}' is not a valid version id. \
             Allowed values are between [1, 2^31-1] and the string \"latest\""
        );
        Self::coded(42202, message)
    }

    pub(crate) fn invalid_level() -> Self {
        let message = "Invalid compatibility level. Valid values are none, backward, forward, \
                       full, backward_transitive, forward_transitive, and full_transitive";
        Self::coded(42203, message)
    }

    pub(crate) fn not_in_import_mode(subject: &str, context: &str) -> Self {
        let context = if context == registry::DEFAULT_CONTEXT {
            ""
        } else {
            context
        };
        let message = format!("Subject {subject} in context {context} is not in import mode");
        Self::coded(42205, message)
    }

    pub(crate) fn referenced(subject: &str, version: u32) -> Self {
        let message = format!(
            "One or more references exist to the schema \
             {{magic=1,keytype=SCHEMA,subject={subject},version={version}}}."
        );
        Self::coded(42206, message)
    }

    pub(crate) fn invalid_subject(subject: &str) -> Self {
        Self::coded(
            42208,
            format!("The specified subject '{subject}' is not a valid."),
        )
    }

    pub(crate) fn invalid_rule_set(message: &str) -> Self {
        Self::coded(42210, message)
    }

    pub(crate) fn timed_out() -> Self {
        Self::coded(50002, "The operation timed out")
    }

    pub(crate) fn unavailable(message: impl Into<String>) -> Self {
        Self::http(StatusCode::SERVICE_UNAVAILABLE, message)
    }

    pub(crate) fn store_failed() -> Self {
        Self::coded(50001, "Error in the backend data store")
    }

    pub(crate) fn internal() -> Self {
        Self::http(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error")
    }
}

impl From<registry::Error> for ApiError {
    fn from(error: registry::Error) -> Self {
        use registry::Error;
        match error {
            Error::SubjectNotFound(subject) => Self::subject_not_found(&subject),
            Error::VersionNotFound(version) => Self::version_not_found(&version),
            Error::SchemaNotFound => Self::schema_not_found(),
            Error::IdNotFound(id) => Self::schema_id_not_found(&id),
            Error::SubjectSoftDeleted(subject) => Self::subject_soft_deleted(&subject),
            Error::SubjectNotSoftDeleted(subject) => Self::subject_not_soft_deleted(&subject),
            Error::VersionSoftDeleted(subject, version) => {
                Self::version_soft_deleted(&subject, version.0)
            }
            Error::VersionNotSoftDeleted(subject, version) => {
                Self::version_not_soft_deleted(&subject, version.0)
            }
            Error::Referenced(subject, version) => Self::referenced(&subject, version.0),
            Error::ConfigNotSet(subject) => Self::config_not_set(&subject),
            Error::InvalidSchema { format, details } => Self::invalid_schema(format, &details),
            Error::EmptySchema => Self::empty_schema(),
            Error::InvalidSchemaType(name) => Self::invalid_schema_type(&name),
            Error::NotNextVersion => Self::not_next_version(),
            Error::NotInImportMode(subject) => {
                Self::not_in_import_mode(&subject.name, &subject.context)
            }
            Error::InvalidSubject(subject) => Self::invalid_subject(&subject),
            Error::InvalidRuleSet(message) => Self::invalid_rule_set(&message),
            Error::Incompatible { subject, messages } => Self::incompatible(&subject, &messages),
            Error::Undecided { subject, messages } => Self::undecided(&subject, &messages),
            Error::NotSupported(message) => Self::unprocessable(message),
            Error::Contended(subject) => Self::unavailable(format!(
                "Subject '{subject}' is changing too fast, try again"
            )),
            Error::ShuttingDown => Self::unavailable("The server is shutting down"),
            Error::Aborted(_) | Error::Corrupt(_) => logged(&error, Self::internal()),
            Error::Unavailable(_) => {
                let answer = Self::unavailable("The database is not available, try again");
                logged(&error, answer)
            }
            Error::Store(_) => logged(&error, Self::store_failed()),
        }
    }
}

/// What is wrong on the server's side is for the log, with all its causes, not for clients.
fn logged(error: &registry::Error, answer: ApiError) -> ApiError {
    let mut chain = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        chain = format!("{chain}: {cause}");
        source = cause.source();
    }
    tracing::error!("{chain}");
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_begin_with_their_status() {
        for (error, status) in [
            (ApiError::subject_not_found("s"), 404),
            (ApiError::incompatible("s", &[]), 409),
            (ApiError::empty_schema(), 422),
            (ApiError::store_failed(), 500),
            (ApiError::not_found(), 404),
        ] {
            assert_eq!(error.status.as_u16(), status, "{error:?}");
        }
    }

    #[test]
    fn details_are_a_list_in_brackets() {
        let error = ApiError::incompatible("s", &["a".to_owned(), "b".to_owned()]);
        assert!(
            error
                .message
                .ends_with("for subject \"s\", details: [a, b]"),
            "{error:?}"
        );
    }
}
