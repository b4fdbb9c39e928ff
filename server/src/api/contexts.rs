//! `/contexts`: the list only.

use axum::extract::State;

use super::App;
use super::error::ApiError;
use super::extract::{Query, paged};
use super::respond::Json;

/// `GET /contexts`
pub(super) async fn list(
    State(app): State<App>,
    query: Query,
) -> Result<Json<Vec<String>>, ApiError> {
    let prefix = query.text("contextPrefix").unwrap_or_default();
    let mut contexts = app.registry.contexts().await?;
    contexts.retain(|context| context.starts_with(prefix));
    Ok(Json(paged(contexts, query.page()?)))
}
