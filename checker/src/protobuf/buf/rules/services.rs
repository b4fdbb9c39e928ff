//! Services and RPCs, which are known by name.

use super::super::image::{File, Method, Service};
use super::{At, Pair, Report};
use crate::protobuf::descriptor::MethodDescriptorProto;
use crate::protobuf::tag;

/// `MethodOptions.idempotency_level`.
const IDEMPOTENCY_LEVEL: u32 = 34;

pub(in super::super) fn deleted<'p>(report: &mut Report<'_, 'p>, pair: Pair<&File<'p>>) {
    let gone = pair.old.services.keys();
    for name in gone.filter(|name| !pair.new.services.contains_key(*name)) {
        let message = format!("Previously present service {name:?} was deleted from file.");
        report.add(At::File(pair.new.path()), Some(pair.old.path()), message);
    }
}

pub(in super::super) fn rpc_deleted<'p>(report: &mut Report<'_, 'p>, pair: Pair<&Service<'p>>) {
    let new = pair.new.methods();
    for name in pair
        .old
        .methods()
        .keys()
        .filter(|name| !new.contains_key(*name))
    {
        let view = pair.new.view;
        let message = format!(
            "Previously present RPC {name:?} on service {:?} was deleted.",
            view.proto.name()
        );
        let at = At::place(report.new.place(view.file, view.path), view.file.path());
        report.add(at, Some(pair.old.view.file.path()), message);
    }
}

pub(in super::super) fn client_streaming<'p>(report: &mut Report<'_, 'p>, pair: Pair<Method<'p>>) {
    let streaming = |method: &MethodDescriptorProto| mode(method.client_streaming());
    let (old, new) = (streaming(pair.old.proto), streaming(pair.new.proto));
    changed(
        report,
        pair,
        &[],
        old != new,
        &format!("from client {old} to client {new}"),
    );
}

pub(in super::super) fn server_streaming<'p>(report: &mut Report<'_, 'p>, pair: Pair<Method<'p>>) {
    let streaming = |method: &MethodDescriptorProto| mode(method.server_streaming());
    let (old, new) = (streaming(pair.old.proto), streaming(pair.new.proto));
    changed(
        report,
        pair,
        &[],
        old != new,
        &format!("from server {old} to server {new}"),
    );
}

pub(in super::super) fn request_type<'p>(report: &mut Report<'_, 'p>, pair: Pair<Method<'p>>) {
    let name = |method: Method<'p>| method.proto.input_type().trim_start_matches('.');
    let (old, new) = (name(pair.old), name(pair.new));
    let how = format!("request type from {old:?} to {new:?}");
    changed(report, pair, &[tag::METHOD_INPUT], old != new, &how);
}

pub(in super::super) fn response_type<'p>(report: &mut Report<'_, 'p>, pair: Pair<Method<'p>>) {
    let name = |method: Method<'p>| method.proto.output_type().trim_start_matches('.');
    let (old, new) = (name(pair.old), name(pair.new));
    let how = format!("response type from {old:?} to {new:?}");
    changed(report, pair, &[tag::METHOD_OUTPUT], old != new, &how);
}

pub(in super::super) fn idempotency_level<'p>(report: &mut Report<'_, 'p>, pair: Pair<Method<'p>>) {
    let (old, new) = (level(pair.old.proto), level(pair.new.proto));
    if old == new {
        return;
    }
    let name = "idempotency_level";
    let new_file = pair.new.service.view.file;
    let place = report
        .new
        .option_place(new_file, &pair.new.path(&[tag::METHOD_OPTIONS]), &[name]);
    let old_file = pair.old.service.view.file;
    let against =
        report
            .old
            .option_place(old_file, &pair.old.path(&[tag::METHOD_OPTIONS]), &[name]);
    let how = format!("option \"{name}\" from \"{old}\" to \"{new}\"");
    let at = At::place(place, new_file.path());
    report.add(at, against.map(|place| place.file), message(pair.new, &how));
}

fn level(method: &MethodDescriptorProto) -> String {
    let options = method.options.as_ref();
    let set = options.and_then(|options| options.varint(IDEMPOTENCY_LEVEL));
    match set.unwrap_or(0) {
        0 => "IDEMPOTENCY_UNKNOWN".to_owned(),
        1 => "NO_SIDE_EFFECTS".to_owned(),
        2 => "IDEMPOTENT".to_owned(),
        other => other.to_string(),
    }
}

const fn mode(streaming: bool) -> &'static str {
    if streaming { "streaming" } else { "unary" }
}

fn message(method: Method, how: &str) -> String {
    let service = method.service.view.proto.name();
    format!(
        "RPC {:?} on service {service:?} changed {how}.",
        method.proto.name()
    )
}

fn changed<'p>(
    report: &mut Report<'_, 'p>,
    pair: Pair<Method<'p>>,
    part: &[i32],
    differs: bool,
    how: &str,
) {
    if differs {
        let file = pair.new.service.view.file;
        let at = At::place(report.new.place(file, &pair.new.path(part)), file.path());
        let against = pair.old.service.view.file.path();
        report.add(at, Some(against), message(pair.new, how));
    }
}
