//! What a package offers, in whichever of its files.

use std::collections::{BTreeMap, BTreeSet};

use super::super::image::{File, Image, Message};
use super::{At, Report, around};

/// The elements of each package, by name within it.
type Packages<'p, T> = BTreeMap<&'p str, BTreeMap<&'p str, T>>;

pub(in super::super) fn deleted(report: &mut Report) {
    let new = files(report.new);
    for (package, files) in files(report.old) {
        if !new.contains_key(package) {
            // The file counts only for what is ignored.
            let first = files.first().copied();
            let message = format!("Previously present package {package:?} was deleted.");
            report.add(At::Nowhere, first, message);
        }
    }
}

pub(in super::super) fn enum_deleted<'p>(report: &mut Report<'_, 'p>) {
    let names = |file: &File<'p>| file.enums.keys().copied().collect();
    elements(report, "enum", &names, &left_in_file);
}

pub(in super::super) fn extension_deleted<'p>(report: &mut Report<'_, 'p>) {
    let names = |file: &File<'p>| file.extensions.keys().copied().collect();
    elements(report, "extension", &names, &left_in_file);
}

pub(in super::super) fn message_deleted<'p>(report: &mut Report<'_, 'p>) {
    let mut messages: Packages<Message<'p>> = Packages::new();
    for file in report.new.files.values() {
        let package = messages.entry(file.linked.proto.package()).or_default();
        package.extend(file.messages.iter().map(|(name, found)| (*name, *found)));
    }
    let names = |file: &File<'p>| file.messages.keys().copied().collect();
    // The message around it may have moved to another file of the package.
    elements(
        report,
        "message",
        &names,
        &|image, file, package, nested| match messages
            .get(package)
            .and_then(|messages| around(nested, messages))
        {
            Some(message) => At::place(image.message_place(&message), message.view.file.path()),
            None => At::File(file.path()),
        },
    );
}

pub(in super::super) fn service_deleted(report: &mut Report<'_, '_>) {
    let old = packages(report.old, &|file| file.services.keys().copied().collect());
    let new = packages(report.new, &|file| file.services.keys().copied().collect());
    let packages = files(report.new);
    for (package, services) in old {
        // A package without services is a package all the same.
        if !packages.contains_key(package) {
            continue;
        }
        let left = new.get(package);
        for (name, path) in services {
            if left.is_some_and(|left| left.contains_key(name)) {
                continue;
            }
            let file = report.new.files.get(path);
            let at = file.map_or(At::Nowhere, |file| At::File(file.path()));
            report.add(at, Some(path), message("service", name, package));
        }
    }
}

/// Where a deletion is shown, given the file that had the element and is still there.
type Show<'s, 'p> = dyn Fn(&Image<'p>, &File<'p>, &str, &str) -> At<'p> + 's;

/// Elements that packages no longer have which still have some of that kind.
fn elements<'p>(
    report: &mut Report<'_, 'p>,
    kind: &str,
    names: &dyn Fn(&File<'p>) -> Vec<&'p str>,
    show: &Show<'_, 'p>,
) {
    let new = packages(report.new, names);
    for (package, elements) in packages(report.old, names) {
        let Some(left) = new.get(package) else {
            continue;
        };
        for (name, path) in elements {
            if left.contains_key(name) {
                continue;
            }
            let file = report.new.files.get(path);
            let at = file.map_or(At::Nowhere, |file| show(report.new, file, package, name));
            report.add(at, Some(path), message(kind, name, package));
        }
    }
}

fn left_in_file<'p>(image: &Image<'p>, file: &File<'p>, _: &str, nested: &str) -> At<'p> {
    match around(nested, &file.messages) {
        Some(message) => At::place(image.message_place(&message), file.path()),
        None => At::File(file.path()),
    }
}

fn message(kind: &str, name: &str, package: &str) -> String {
    format!("Previously present {kind} {name:?} was deleted from package {package:?}.")
}

/// The files of each package.
fn files<'p>(image: &Image<'p>) -> BTreeMap<&'p str, BTreeSet<&'p str>> {
    let mut packages = BTreeMap::new();
    for file in image.files.values() {
        let files: &mut BTreeSet<_> = packages.entry(file.linked.proto.package()).or_default();
        files.insert(file.path());
    }
    packages
}

/// The elements of each package that has some, with their files.
fn packages<'p>(
    image: &Image<'p>,
    names: &dyn Fn(&File<'p>) -> Vec<&'p str>,
) -> Packages<'p, &'p str> {
    let mut packages = Packages::new();
    for file in image.files.values() {
        for name in names(file) {
            let elements: &mut BTreeMap<_, _> =
                packages.entry(file.linked.proto.package()).or_default();
            elements.insert(name, file.path());
        }
    }
    packages
}
