//! The routes, and what happens around every request: its path is tidied, it is given an id and a
//! time limit, panics become answers, and the answer gets the content type that the client likes.

use std::any::Any;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use tower::ServiceExt as _;
use tower_http::catch_panic::CatchPanicLayer;

use super::error::ApiError;
use super::{
    App, associations, compatibility, config, contexts, path, request_id, respond, root, schemas,
    subjects, versions,
};

fn routes(app: App) -> Router {
    Router::new()
        .route("/", get(root::root).post(root::root))
        .merge(subject_routes())
        .merge(schema_routes())
        .route(
            "/compatibility/subjects/{subject}/versions",
            post(compatibility::check_all),
        )
        .route(
            "/compatibility/subjects/{subject}/versions/{version}",
            post(compatibility::check_version),
        )
        .route(
            "/config",
            get(config::get_global)
                .put(config::put_global)
                .delete(config::delete_global),
        )
        .route(
            "/config/{subject}",
            get(config::get_subject)
                .put(config::put_subject)
                .delete(config::delete_subject),
        )
        .route("/contexts", get(contexts::list))
        .route("/associations/{*rest}", any(associations::none))
        .route("/v1/metadata/id", get(root::id))
        .route("/v1/metadata/version", get(root::version))
        .route("/v1/metadata/deployment", get(root::deployment))
        .fallback(|| async { ApiError::not_found() })
        .method_not_allowed_fallback(|| async { ApiError::method_not_allowed() })
        .layer(CatchPanicLayer::custom(panicked))
        .with_state(app)
}

fn subject_routes() -> Router<App> {
    Router::new()
        .route("/subjects", get(subjects::list))
        .route(
            "/subjects/{subject}",
            post(subjects::look_up).delete(subjects::delete),
        )
        .route("/subjects/{subject}/metadata", get(subjects::metadata))
        .route(
            "/subjects/{subject}/versions",
            get(versions::list).post(versions::register),
        )
        .route(
            "/subjects/{subject}/versions/{version}",
            get(versions::get).delete(versions::delete),
        )
        .route(
            "/subjects/{subject}/versions/{version}/schema",
            get(versions::get_text),
        )
        .route(
            "/subjects/{subject}/versions/{version}/referencedby",
            get(versions::referenced_by),
        )
}

fn schema_routes() -> Router<App> {
    Router::new()
        .route("/schemas", get(schemas::search))
        .route("/schemas/types", get(schemas::types))
        .route("/schemas/ids/{id}", get(schemas::by_id))
        .route("/schemas/ids/{id}/schema", get(schemas::text_by_id))
        .route("/schemas/ids/{id}/subjects", get(schemas::subjects_by_id))
        .route("/schemas/ids/{id}/versions", get(schemas::versions_by_id))
        .route("/schemas/guids/{guid}", get(schemas::by_guid))
        .route("/schemas/guids/{guid}/ids", get(schemas::ids_by_guid))
}

/// A panic is a defect of this program. It ends the request, not the server.
#[expect(
    clippy::needless_pass_by_value,
    reason = "the signature is tower-http's"
)]
fn panicked(panic: Box<dyn Any + Send>) -> Response {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("unknown");
    tracing::error!("a handler panicked, please report it: {text}");
    ApiError::internal().into_response()
}

/// The whole API as one function from request to response. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Api {
    router: Router,
    request_timeout: Duration,
}

impl Api {
    pub(crate) fn new(app: App, request_timeout: Duration) -> Self {
        Self {
            router: routes(app),
            request_timeout,
        }
    }

    /// Answers a request, whatever it is.
    pub(crate) async fn answer<B>(&self, request: Request<B>) -> Response
    where
        B: hyper::body::Body<Data = bytes::Bytes> + Send + 'static,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let mut request = request.map(Body::new);
        let method = request.method().clone();
        path::normalize(&method, request.uri_mut());
        let request_id = request_id::of(request.headers());
        let content_type = respond::negotiate(request.headers());
        let log_line = tracing::enabled!(tracing::Level::DEBUG)
            .then(|| format!("{} {}", request.method(), request.uri()));
        let answer = self.router.clone().oneshot(request);
        let mut response = match tokio::time::timeout(self.request_timeout, answer).await {
            Ok(Ok(response)) => response,
            Ok(Err(never)) => match never {},
            Err(_) => ApiError::timed_out().into_response(),
        };
        if let Some(line) = log_line {
            tracing::debug!("{line} {}", response.status().as_u16());
        }
        let headers = response.headers_mut();
        headers.insert(request_id::REQUEST_ID, request_id);
        if content_type != respond::V1_JSON && headers.contains_key(header::CONTENT_TYPE) {
            headers.insert(header::CONTENT_TYPE, content_type);
        }
        response
    }
}
