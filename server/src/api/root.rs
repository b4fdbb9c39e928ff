//! `/` and what says who this server is.

use axum::response::IntoResponse;
use serde_json::json;

use super::respond::Json;

/// Whoever asks whether the server is there gets an empty object.
pub(super) async fn root() -> impl IntoResponse {
    Json(json!({}))
}

/// The identity of the cluster. There is no Kafka behind this registry.
pub(super) async fn id() -> impl IntoResponse {
    let clusters = json!({"kafka-cluster": "none", "schema-registry-cluster": "schema-registry"});
    Json(json!({"scope": {"path": [], "clusters": clusters}}))
}

/// The version of this program.
pub(super) async fn version() -> impl IntoResponse {
    let commit = option_env!("SCHEMAD_COMMIT").unwrap_or("unknown");
    Json(json!({"version": env!("CARGO_PKG_VERSION"), "commitId": commit}))
}

/// There is nothing to say about how the server is deployed.
pub(super) async fn deployment() -> impl IntoResponse {
    Json(json!({"attributes": []}))
}
