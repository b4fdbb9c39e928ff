//! `/config`: compatibility levels and other settings, globally and per subject.

use axum::extract::State;

use super::App;
use super::dto::{ConfigBody, ConfigUpdateView, ConfigView};
use super::error::ApiError;
use super::extract::{Caller, JsonBody, Query, Segments};
use super::respond::Json;
use crate::registry::{self, Origin, names};

/// The scope that clients call the global one: that of the default context.
const GLOBAL: &str = "";

/// `GET /config`
pub(super) async fn get_global(
    State(app): State<App>,
    query: Query,
) -> Result<Json<ConfigView>, ApiError> {
    get(&app, GLOBAL, &query).await
}

/// `GET /config/{subject}`
pub(super) async fn get_subject(
    State(app): State<App>,
    Segments(subject): Segments<String>,
    query: Query,
) -> Result<Json<ConfigView>, ApiError> {
    get(&app, &subject, &query).await
}

async fn get(app: &App, subject: &str, query: &Query) -> Result<Json<ConfigView>, ApiError> {
    let scope = names::parse_scope(subject);
    let config = app
        .registry
        .config(&scope, query.flag("defaultToGlobal"))
        .await?;
    Ok(Json(config.into()))
}

/// `PUT /config`
pub(super) async fn put_global(
    State(app): State<App>,
    Caller(origin): Caller,
    JsonBody(body): JsonBody<ConfigBody>,
) -> Result<Json<ConfigUpdateView>, ApiError> {
    put(&app, GLOBAL, &origin, body).await
}

/// `PUT /config/{subject}`
pub(super) async fn put_subject(
    State(app): State<App>,
    Segments(subject): Segments<String>,
    Caller(origin): Caller,
    JsonBody(body): JsonBody<ConfigBody>,
) -> Result<Json<ConfigUpdateView>, ApiError> {
    put(&app, &subject, &origin, body).await
}

async fn put(
    app: &App,
    subject: &str,
    origin: &Origin,
    body: ConfigBody,
) -> Result<Json<ConfigUpdateView>, ApiError> {
    let scope = names::parse_scope(subject);
    names::check_scope(&scope)?;
    let patch = body.patch()?;
    let config = app
        .registry
        .patch_config(&scope, origin, |config| patch.apply(config))
        .await?;
    Ok(Json(config.into()))
}

/// `DELETE /config`
pub(super) async fn delete_global(
    State(app): State<App>,
    Caller(origin): Caller,
) -> Result<Json<ConfigView>, ApiError> {
    delete(&app, GLOBAL, &origin).await
}

/// `DELETE /config/{subject}`
pub(super) async fn delete_subject(
    State(app): State<App>,
    Segments(subject): Segments<String>,
    Caller(origin): Caller,
) -> Result<Json<ConfigView>, ApiError> {
    delete(&app, &subject, &origin).await
}

async fn delete(app: &App, subject: &str, origin: &Origin) -> Result<Json<ConfigView>, ApiError> {
    let config = app
        .registry
        .delete_config(&names::parse_scope(subject), origin)
        .await;
    let config: registry::Config = config?;
    Ok(Json(config.into()))
}
