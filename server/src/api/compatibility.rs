//! `/compatibility`: would this schema be accepted, and if not, what would break.

use axum::extract::State;
use checker::{Policy, Profile};

use super::App;
use super::dto::{CompatibilityView, SchemaBody};
use super::error::ApiError;
use super::extract::{JsonBody, Query, Segments, version_selector};
use super::respond::Json;
use crate::registry::{Against, CheckOptions, CheckOutcome, names};

/// `POST /compatibility/subjects/{subject}/versions`
pub(super) async fn check_all(
    State(app): State<App>,
    Segments(subject): Segments<String>,
    query: Query,
    JsonBody(body): JsonBody<SchemaBody>,
) -> Result<Json<CompatibilityView>, ApiError> {
    check(&app, &subject, Against::Level, &query, body).await
}

/// `POST /compatibility/subjects/{subject}/versions/{version}`
pub(super) async fn check_version(
    State(app): State<App>,
    Segments((subject, version)): Segments<(String, String)>,
    query: Query,
    JsonBody(body): JsonBody<SchemaBody>,
) -> Result<Json<CompatibilityView>, ApiError> {
    let selector = version_selector(&version)?;
    check(&app, &subject, Against::Version(selector), &query, body).await
}

async fn check(
    app: &App,
    subject: &str,
    against: Against,
    query: &Query,
    body: SchemaBody,
) -> Result<Json<CompatibilityView>, ApiError> {
    let request = body.request()?;
    let options = options(query)?;
    let verbose = query.flag("verbose");
    let outcome = app
        .registry
        .check(&names::parse(subject), &request, against, options)
        .await;
    let outcome = match outcome {
        Err(error) if verbose => match CheckOutcome::unreadable(&request, &error) {
            Some(outcome) => outcome,
            None => return Err(error.into()),
        },
        outcome => outcome?,
    };
    Ok(Json(CompatibilityView {
        is_compatible: app.registry.accepts(outcome.verdict),
        messages: verbose.then_some(outcome.messages),
    }))
}

/// `profile` and `policy` are ours: whose verdict, and how a JSON Schema's writer is read.
fn options(query: &Query) -> Result<CheckOptions, ApiError> {
    let profile = match query.text("profile").unwrap_or_default() {
        "" => None,
        "proven" => Some(Profile::Proven),
        "contract" => Some(Profile::Contract),
        other => return Err(invalid("profile", other, "proven and contract")),
    };
    let policy = match query.text("policy").unwrap_or_default() {
        "" => None,
        "strict" => Some(Policy::Strict),
        "lenient" => Some(Policy::Lenient),
        other => return Err(invalid("policy", other, "strict and lenient")),
    };
    Ok(CheckOptions {
        normalize: query.flag("normalize"),
        profile,
        policy,
    })
}

fn invalid(name: &str, value: &str, valid: &str) -> ApiError {
    ApiError::unprocessable(format!("Invalid {name} {value}. Valid values are {valid}"))
}
