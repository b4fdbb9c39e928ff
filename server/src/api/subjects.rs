//! `/subjects`: the list, looking up, deleting.

use axum::extract::State;

use super::App;
use super::dto::{SchemaBody, SchemaView};
use super::error::ApiError;
use super::extract::{Caller, JsonBody, Query, Segments};
use super::respond::{Json, Shape};
use super::schemas::{refuse_unsupported, text_form};
use crate::registry::{Deletion, SubjectFilter, names};

/// Lists look into every context unless asked otherwise.
const EVERY_CONTEXT: &str = ":*:";

/// `GET /subjects`
pub(super) async fn list(
    State(app): State<App>,
    query: Query,
) -> Result<Json<Vec<String>>, ApiError> {
    let prefix = query.text("subjectPrefix").unwrap_or(EVERY_CONTEXT);
    let (context, name_prefix) = names::parse_prefix(prefix);
    let filter = SubjectFilter {
        context,
        name_prefix,
        visibility: query.visibility(),
        page: query.page()?,
    };
    let subjects = app.registry.subjects(&filter).await?;
    Ok(Json(subjects.iter().map(ToString::to_string).collect()))
}

/// `POST /subjects/{subject}`
pub(super) async fn look_up(
    State(app): State<App>,
    Segments(subject): Segments<String>,
    query: Query,
    shape: Shape,
    JsonBody(body): JsonBody<SchemaBody>,
) -> Result<Json<SchemaView>, ApiError> {
    let request = body.request()?;
    let subject = names::parse(&subject);
    let (normalize, deleted) = (query.flag("normalize"), query.flag("deleted"));
    let version = app
        .registry
        .look_up(&subject, &request, normalize, deleted)
        .await?;
    let text = app
        .registry
        .text((&version).into(), text_form(&query))
        .await?;
    Ok(Json(SchemaView::of_version(&version, text, shape)?))
}

/// `DELETE /subjects/{subject}`
pub(super) async fn delete(
    State(app): State<App>,
    Segments(subject): Segments<String>,
    query: Query,
    Caller(origin): Caller,
) -> Result<Json<Vec<u32>>, ApiError> {
    let subject = names::parse(&subject);
    let numbers = app
        .registry
        .delete_subject(&subject, deletion(&query), &origin)
        .await?;
    Ok(Json(numbers.into_iter().map(|number| number.0).collect()))
}

/// `permanent=true` asks for a hard delete.
pub(super) fn deletion(query: &Query) -> Deletion {
    if query.flag("permanent") {
        Deletion::Hard
    } else {
        Deletion::Soft
    }
}

/// `GET /subjects/{subject}/metadata`
pub(super) async fn metadata(
    State(app): State<App>,
    Segments(subject): Segments<String>,
    query: Query,
    shape: Shape,
) -> Result<Json<SchemaView>, ApiError> {
    refuse_unsupported(&query)?;
    let names = query.all("key").map(str::to_owned);
    let pairs: Vec<_> = names.zip(query.all("value").map(str::to_owned)).collect();
    let visibility = query.deleted();
    let subject = names::parse(&subject);
    let version = app
        .registry
        .version_with_metadata(&subject, &pairs, visibility)
        .await?;
    let text = app
        .registry
        .text((&version).into(), text_form(&query))
        .await?;
    Ok(Json(SchemaView::of_version(&version, text, shape)?))
}
