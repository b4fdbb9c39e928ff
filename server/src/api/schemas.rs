//! `/schemas`: by id, by guid, of all subjects; the types.
//!
//! A schema by id never changes, so its body is made once and then served as it is. That is why the
//! answer names a subject and version only if the request names a subject: which of several it
//! would be is arbitrary, and may change.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use uuid::Uuid;

use super::App;
use super::dto::{ContextIdView, SchemaView, SubjectVersionView};
use super::error::ApiError;
use super::extract::{Query, Segments, paged, schema_id};
use super::respond::{self, Json, Shape};
use crate::registry::{
    self, BodyKey, DEFAULT_CONTEXT, SchemaId, StoredVersion, SubjectFilter, SubjectName, TextForm,
    VersionSelector, VersionSummary, Visibility, names,
};

/// How many versions `GET /schemas` lists at most; the rest is found with `offset`.
const SEARCH_LIMIT_MAX: u32 = 1_000;

/// `GET /schemas/types`
pub(super) async fn types() -> impl IntoResponse {
    Json(["JSON", "PROTOBUF", "AVRO"])
}

/// The form in which a text is asked for. Forms that nobody knows mean the canonical text.
pub(super) fn text_form(query: &Query) -> TextForm {
    match query.text("format").unwrap_or_default() {
        "" => TextForm::Stored,
        "serialized" => TextForm::Serialized,
        "resolved" => TextForm::Resolved,
        "ignore_extensions" => TextForm::IgnoreExtensions,
        _ => TextForm::Canonical,
    }
}

/// Refuses parameters that would change the answer and are not obeyed.
pub(super) fn refuse_unsupported(query: &Query) -> Result<(), ApiError> {
    let given = |name: &&str| query.text(name).is_some_and(|value| !value.is_empty());
    match ["findTags", "referenceFormat"]
        .iter()
        .find(|name| given(name))
    {
        Some(name) => Err(ApiError::unprocessable(format!("{name} is not supported"))),
        None => Ok(()),
    }
}

/// Whether a query leaves the answer by id as it is for everybody.
fn is_plain(query: &Query) -> bool {
    query.text("subject").unwrap_or_default().is_empty()
        && text_form(query) == TextForm::Stored
        && !query.flag("fetchMaxId")
}

/// `GET /schemas/ids/{id}`
pub(super) async fn by_id(
    State(app): State<App>,
    Segments(id): Segments<String>,
    query: Query,
    shape: Shape,
) -> Result<Response, ApiError> {
    let id = schema_id(&id)?;
    refuse_unsupported(&query)?;
    let body = if is_plain(&query) {
        plain_body(&app, id, shape).await?
    } else {
        let view = view(&app, id, &query, shape).await?;
        respond::to_json(&view).map_err(|_| ApiError::internal())?
    };
    Ok(respond::body(StatusCode::OK, body))
}

async fn plain_body(app: &App, id: SchemaId, shape: Shape) -> Result<Bytes, ApiError> {
    let key = BodyKey {
        id,
        form: match shape {
            Shape::Legacy => 0,
            Shape::Modern => 1,
        },
        context: DEFAULT_CONTEXT,
    };
    let bodies = app.registry.bodies();
    if let Some(body) = bodies.get(key) {
        return Ok(body);
    }
    let removals = bodies.removals();
    let schema = app.registry.schema(DEFAULT_CONTEXT, id).await?;
    let text = app
        .registry
        .text((&*schema).into(), TextForm::Stored)
        .await?;
    let view = SchemaView::of_content(&schema.content, text, shape)?;
    let body = respond::to_json(&view).map_err(|_| ApiError::internal())?;
    bodies.insert(key, body.clone(), removals);
    Ok(body)
}

/// A schema by id with what the query asks for besides.
async fn view(
    app: &App,
    id: SchemaId,
    query: &Query,
    shape: Shape,
) -> Result<SchemaView, ApiError> {
    let subject = names::parse(query.text("subject").unwrap_or_default());
    let schema = app.registry.schema(&subject.context, id).await?;
    let form = text_form(query);
    let mut view = if let Some(version) = version_of(app, id, &subject).await? {
        let text = app.registry.text((&version).into(), form).await?;
        let mut view = SchemaView::of_version(&version, text, shape)?;
        view.id = None;
        if shape == Shape::Legacy {
            (view.subject, view.version) = (None, None);
        }
        view
    } else {
        let text = app.registry.text((&*schema).into(), form).await?;
        SchemaView::of_content(&schema.content, text, shape)?
    };
    if query.flag("fetchMaxId") {
        let max_id = app.registry.max_schema_id(&subject.context).await?;
        view.max_id = max_id.map(|id| id.0);
    }
    Ok(view)
}

/// The subject's newest version of a schema; a live one if there is one.
async fn version_of(
    app: &App,
    id: SchemaId,
    subject: &SubjectName,
) -> Result<Option<StoredVersion>, ApiError> {
    if subject.name.is_empty() {
        return Ok(None);
    }
    let uses = app
        .registry
        .uses(&subject.context, id, Visibility::All)
        .await?;
    let uses = uses
        .into_iter()
        .filter(|version| version.subject == *subject);
    let Some(newest) = uses.max_by_key(|version| (!version.deleted, version.number)) else {
        return Ok(None);
    };
    let selector = VersionSelector::Number(newest.number);
    match app
        .registry
        .version(subject, selector, Visibility::All)
        .await
    {
        Ok(version) => Ok(Some(version)),
        // Deleted in between.
        Err(registry::Error::SubjectNotFound(_) | registry::Error::VersionNotFound(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// `GET /schemas/ids/{id}/schema`
pub(super) async fn text_by_id(
    State(app): State<App>,
    Segments(id): Segments<String>,
    query: Query,
) -> Result<Response, ApiError> {
    let id = schema_id(&id)?;
    let subject = names::parse(query.text("subject").unwrap_or_default());
    let schema = app.registry.schema(&subject.context, id).await?;
    let form = text_form(&query);
    let text = match version_of(&app, id, &subject).await? {
        Some(version) => app.registry.text((&version).into(), form).await?,
        None => app.registry.text((&*schema).into(), form).await?,
    };
    Ok(respond::body(StatusCode::OK, text))
}

/// The versions that have a schema, of one subject if the query names one.
async fn uses(app: &App, id: &str, query: &Query) -> Result<Vec<VersionSummary>, ApiError> {
    let id = schema_id(id)?;
    let subject = names::parse(query.text("subject").unwrap_or_default());
    let visibility = query.deleted();
    let mut uses = app.registry.uses(&subject.context, id, visibility).await?;
    uses.retain(|version| subject.name.is_empty() || version.subject == subject);
    Ok(uses)
}

/// `GET /schemas/ids/{id}/subjects`
pub(super) async fn subjects_by_id(
    State(app): State<App>,
    Segments(id): Segments<String>,
    query: Query,
) -> Result<Json<Vec<String>>, ApiError> {
    let uses = uses(&app, &id, &query).await?;
    let mut subjects: Vec<String> = uses
        .iter()
        .map(|version| version.subject.to_string())
        .collect();
    subjects.dedup();
    Ok(Json(paged(subjects, query.page()?)))
}

/// `GET /schemas/ids/{id}/versions`
pub(super) async fn versions_by_id(
    State(app): State<App>,
    Segments(id): Segments<String>,
    query: Query,
) -> Result<Json<Vec<SubjectVersionView>>, ApiError> {
    let uses = uses(&app, &id, &query).await?;
    let versions = uses.iter().map(|version| SubjectVersionView {
        subject: version.subject.to_string(),
        version: version.number.0,
    });
    Ok(Json(paged(versions.collect(), query.page()?)))
}

/// `GET /schemas/guids/{guid}`
pub(super) async fn by_guid(
    State(app): State<App>,
    Segments(guid): Segments<String>,
    query: Query,
    shape: Shape,
) -> Result<Json<SchemaView>, ApiError> {
    let missing = || ApiError::schema_id_not_found(&guid);
    let parsed = Uuid::try_parse(&guid).map_err(|_| missing())?;
    let schemas = app.registry.schemas_by_guid(parsed).await?;
    let schema = schemas.first().ok_or_else(missing)?;
    let text = app
        .registry
        .text((&**schema).into(), text_form(&query))
        .await?;
    Ok(Json(SchemaView::of_content(&schema.content, text, shape)?))
}

/// `GET /schemas/guids/{guid}/ids`
pub(super) async fn ids_by_guid(
    State(app): State<App>,
    Segments(guid): Segments<String>,
) -> Result<Json<Vec<ContextIdView>>, ApiError> {
    let Ok(guid) = Uuid::try_parse(&guid) else {
        return Ok(Json(Vec::new()));
    };
    let schemas = app.registry.schemas_by_guid(guid).await?;
    let ids = schemas.iter().map(|schema| ContextIdView {
        context: schema.context.clone(),
        id: schema.id.0,
    });
    Ok(Json(ids.collect()))
}

/// `GET /schemas`
pub(super) async fn search(
    State(app): State<App>,
    query: Query,
    shape: Shape,
) -> Result<Json<Vec<SchemaView>>, ApiError> {
    let (context, name_prefix) =
        names::parse_prefix(query.text("subjectPrefix").unwrap_or_default());
    let mut page = query.page()?;
    page.limit = Some(page.limit.unwrap_or(SEARCH_LIMIT_MAX).min(SEARCH_LIMIT_MAX));
    let filters = ["ruleType", "resourceType", "associationType", "lifecycle"];
    if let Some(name) = filters.iter().find(|name| query.text(name).is_some()) {
        return Err(ApiError::unprocessable(format!("{name} is not supported")));
    }
    let visibility = query.deleted();
    let filter = SubjectFilter {
        context,
        name_prefix,
        visibility,
        page,
    };
    let versions = app
        .registry
        .search(&filter, query.flag("latestOnly"))
        .await?;
    let mut views = Vec::with_capacity(versions.len());
    for version in &versions {
        let text = app.registry.text(version.into(), TextForm::Stored).await?;
        views.push(SchemaView::of_version(version, text, shape)?);
    }
    Ok(Json(views))
}
