//! `/subjects/{subject}/versions`: registering, reading, deleting versions.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::App;
use super::dto::{SchemaBody, SchemaView};
use super::error::ApiError;
use super::extract::{Caller, JsonBody, Query, Segments, paged, version_selector};
use super::respond::{self, Json, Shape};
use super::schemas::{refuse_unsupported, text_form};
use super::subjects::deletion;
use crate::registry::{RegisterOptions, StoredVersion, VersionSummary, Visibility, names};

/// `POST /subjects/{subject}/versions`
pub(super) async fn register(
    State(app): State<App>,
    Segments(subject): Segments<String>,
    query: Query,
    shape: Shape,
    Caller(origin): Caller,
    JsonBody(body): JsonBody<SchemaBody>,
) -> Result<Json<SchemaView>, ApiError> {
    let request = body.request()?;
    let form = text_form(&query);
    form.check(request.format, !request.references.is_empty())?;
    let options = RegisterOptions {
        normalize: query.flag("normalize"),
        force: query.flag("force"),
    };
    let subject = names::parse(&subject);
    let accepted = app
        .registry
        .register(&subject, &request, options, &origin)
        .await?;
    let text = app.registry.text((&accepted.version).into(), form).await?;
    Ok(Json(SchemaView::of_accepted(&accepted, text, shape)?))
}

/// `GET /subjects/{subject}/versions`
pub(super) async fn list(
    State(app): State<App>,
    Segments(subject): Segments<String>,
    query: Query,
) -> Result<Json<Vec<i64>>, ApiError> {
    let negative = query.flag("deletedAsNegative");
    let visibility = if negative {
        Visibility::All
    } else {
        query.visibility()
    };
    let versions = app
        .registry
        .versions(&names::parse(&subject), visibility)
        .await?;
    let number = |version: VersionSummary| {
        let number = i64::from(version.number.0);
        if negative && version.deleted {
            -number
        } else {
            number
        }
    };
    let numbers = versions.into_iter().map(number).collect();
    Ok(Json(paged(numbers, query.page()?)))
}

async fn find(
    app: &App,
    subject: &str,
    version: &str,
    query: &Query,
) -> Result<StoredVersion, ApiError> {
    let selector = version_selector(version)?;
    let visibility = query.deleted();
    Ok(app
        .registry
        .version(&names::parse(subject), selector, visibility)
        .await?)
}

/// `GET /subjects/{subject}/versions/{version}`
pub(super) async fn get(
    State(app): State<App>,
    Segments((subject, version)): Segments<(String, String)>,
    query: Query,
    shape: Shape,
) -> Result<Json<SchemaView>, ApiError> {
    refuse_unsupported(&query)?;
    let version = find(&app, &subject, &version, &query).await?;
    let text = app
        .registry
        .text((&version).into(), text_form(&query))
        .await?;
    Ok(Json(SchemaView::of_version(&version, text, shape)?))
}

/// `GET /subjects/{subject}/versions/{version}/schema`
pub(super) async fn get_text(
    State(app): State<App>,
    Segments((subject, version)): Segments<(String, String)>,
    query: Query,
) -> Result<Response, ApiError> {
    let version = find(&app, &subject, &version, &query).await?;
    let text = app
        .registry
        .text((&version).into(), text_form(&query))
        .await?;
    Ok(respond::body(StatusCode::OK, text))
}

/// `GET /subjects/{subject}/versions/{version}/referencedby`
pub(super) async fn referenced_by(
    State(app): State<App>,
    Segments((subject, version)): Segments<(String, String)>,
    query: Query,
) -> Result<Json<Vec<u32>>, ApiError> {
    let selector = version_selector(&version)?;
    let visibility = query.visibility();
    let subject = names::parse(&subject);
    let ids = app
        .registry
        .referenced_by(&subject, selector, visibility)
        .await?;
    Ok(Json(paged(
        ids.into_iter().map(|id| id.0).collect(),
        query.page()?,
    )))
}

/// `DELETE /subjects/{subject}/versions/{version}`
pub(super) async fn delete(
    State(app): State<App>,
    Segments((subject, version)): Segments<(String, String)>,
    query: Query,
    Caller(origin): Caller,
) -> Result<Json<u32>, ApiError> {
    let selector = version_selector(&version)?;
    let subject = names::parse(&subject);
    let number = app
        .registry
        .delete_version(&subject, selector, deletion(&query), &origin)
        .await?;
    Ok(Json(number.0))
}
