//! What concerns a file as a whole: how it imports, and how deep its package is.

use super::super::super::descriptor::Edition;
use super::super::super::features::{FieldPresence, of};
use super::super::super::pool::File;
use super::super::super::tag;
use super::super::load::import_path;
use super::{Checker, at};

/// The longest name of a package, in bytes.
pub const MAX_PACKAGE_BYTES: usize = 511;

/// How many parts a package's name has at most.
pub const MAX_PACKAGE_PARTS: usize = 101;

/// Field numbers of `FileOptions`.
const OPTIMIZE_FOR: u32 = 9;
const CC_GENERIC_SERVICES: u32 = 16;
const JAVA_GENERIC_SERVICES: u32 = 17;
const JAVA_STRING_CHECK_UTF8: u32 = 27;

/// `FileOptions.LITE_RUNTIME`.
const LITE_RUNTIME: u64 = 3;

/// Whether a file is made for a small runtime, which all that it uses has to be too.
pub(super) fn is_lite(file: &File) -> bool {
    let options = file.proto.options.as_ref();
    options.and_then(|options| options.varint(OPTIMIZE_FOR)) == Some(LITE_RUNTIME)
}

impl Checker<'_> {
    pub(super) fn file_as_a_whole(&mut self) {
        let file = self.file;
        let package = file.proto.package();
        if package.len() > MAX_PACKAGE_BYTES {
            let message = format!("the package's name is longer than {MAX_PACKAGE_BYTES} bytes");
            self.report(vec![tag::PACKAGE], message);
        } else if package.split('.').count() > MAX_PACKAGE_PARTS {
            let message = format!("the package's name has more than {MAX_PACKAGE_PARTS} parts");
            self.report(vec![tag::PACKAGE], message);
        }
        self.imports();
        self.known_features(file.proto.options.as_ref(), of::FILE, vec![tag::SYNTAX]);
        if self.edition >= Edition::Edition2023 {
            if file.features.field_presence == FieldPresence::LegacyRequired {
                let message = "fields are not required by default, say so at each field";
                self.report(vec![tag::SYNTAX], message);
            }
            let options = file.proto.options.as_ref();
            if options.is_some_and(|options| options.is_set(JAVA_STRING_CHECK_UTF8)) {
                let message = "editions have no `java_string_check_utf8`, write \
                               `features.(pb.java).utf8_validation`";
                self.report(vec![tag::SYNTAX], message);
            }
        }
        self.lite_services();
    }

    fn imports(&mut self) {
        let file = self.file;
        let plain = file.proto.dependency.len();
        let is_lite = self.is_lite;
        let lite = file
            .proto
            .dependency
            .iter()
            .enumerate()
            .find(|(_, import)| {
                let imported = self.pool.file(import);
                !is_lite && imported.is_some_and(self::is_lite)
            });
        if let Some((index, import)) = lite {
            let message = format!(
                "`{import}` has `optimize_for = LITE_RUNTIME`, so this file needs it too to import it"
            );
            self.report(import_path(plain, index).into(), message);
        }
        if self.edition < Edition::Edition2024 && !file.proto.option_dependency.is_empty() {
            let message = "`import option` exists from edition 2024 on, write `import`";
            self.report(import_path(plain, plain).into(), message);
        }
        let weak = file.proto.weak_dependency.first();
        if let Some(weak) = weak.filter(|_| self.edition >= Edition::Edition2024) {
            let message = "edition 2024 has no weak imports, write `import` or `import option`";
            self.report(vec![tag::IMPORT, *weak], message);
        }
    }

    fn lite_services(&mut self) {
        let options = self.file.proto.options.as_ref();
        let generic = options.is_some_and(|options| {
            options.is_set(CC_GENERIC_SERVICES) || options.is_set(JAVA_GENERIC_SERVICES)
        });
        if !(generic && self.is_lite) {
            return;
        }
        for index in 0..self.file.proto.service.len() {
            let message = "a file with `optimize_for = LITE_RUNTIME` has no services unless \
                           `cc_generic_services` and `java_generic_services` are false";
            self.report(at(&[], tag::FILE_SERVICE, index).path(tag::NAME), message);
        }
    }
}
