//! What need not be compared: types that are the same on both sides, and pairs of definitions of which
//! it was found before that there is nothing to say.

use std::collections::HashSet;

use foldhash::fast::RandomState;

use crate::Profile;
use crate::avro::content::Digest;
use crate::avro::datum::branch_name;
use crate::avro::model::{Kind, Schema, TypeId, Use};
use crate::text::json::MAX_DEPTH;

use super::Graph;

/// The most pairs of named types that are remembered as silent.
const MAX_SILENT: usize = 100_000;

/// How far equal types without names are looked into at once; what lies deeper is a pair.
pub(super) const MAX_SETTLED_DEPTH: usize = 4;

/// Pairs of definitions, reader and writer, that were compared in one direction and one profile, and
/// of which there was nothing to say, nor of anything inside. It holds in whatever schemas they meet.
#[derive(Debug, Default)]
pub(crate) struct Silent(HashSet<(Digest, Digest), RandomState>);

impl<'s> Graph<'s, '_> {
    /// Whether the schemas say the same as a whole. Then not even aliases that libraries read
    /// differently count: whoever reads with the schema that wrote applies none. The contract's check
    /// does.
    pub(super) fn identical(&self) -> bool {
        let ids = (self.reader.root.id, self.writer.root.id);
        let asked = self.silent.is_some();
        asked
            && self.same(ids, MAX_DEPTH, &|reader, writer| {
                let contents = (self.contents.0.of(reader)?, self.contents.1.of(writer)?);
                let unclear = self.profile == Profile::Contract && contents.0.unclear;
                Some(contents.0.digest == contents.1.digest && !unclear)
            })
    }

    /// Whether it is known that there is nothing to say of two types.
    pub(super) fn settled(&self, reader: TypeId, writer: TypeId, depth: usize) -> bool {
        let Some(silent) = &self.silent else {
            return false;
        };
        self.same((reader, writer), depth, &|reader, writer| {
            let contents = (self.contents.0.of(reader)?, self.contents.1.of(writer)?);
            let digests = (contents.0.digest, contents.1.digest);
            Some(if digests.0 == digests.1 {
                !contents.0.unclear
            } else {
                silent.0.contains(&digests)
            })
        })
    }

    /// Whether two types are the same but for named types, of which `named` decides. The branches of
    /// unions have equal names: else a branch may be read by another one than that of its place.
    fn same(
        &self,
        (reader, writer): (TypeId, TypeId),
        depth: usize,
        named: &dyn Fn(TypeId, TypeId) -> Option<bool>,
    ) -> bool {
        let (r, w) = (self.reader.get(reader), self.writer.get(writer));
        if r.logical != w.logical {
            return false;
        }
        let inner = |reader: &Use, writer: &Use| match depth.checked_sub(1) {
            Some(depth) => self.same((reader.id, writer.id), depth, named),
            None => false,
        };
        match (&r.kind, &w.kind) {
            (Kind::Primitive(r), Kind::Primitive(w)) => r == w,
            (Kind::Array(r), Kind::Array(w)) | (Kind::Map(r), Kind::Map(w)) => inner(r, w),
            (Kind::Union(r), Kind::Union(w)) => {
                self.same_branches(r, w) && r.iter().zip(w).all(|(r, w)| inner(r, w))
            }
            _ => named(reader, writer).unwrap_or(false),
        }
    }

    /// Keeps which pairs of named types turned out to be silent.
    pub(super) fn remember(&mut self) {
        let noisy = self.spread(|pair| !pair.local.is_empty(), |_| 1);
        let Some(silent) = self.silent.as_mut().filter(|_| !self.exhausted) else {
            return;
        };
        for (pair, noisy) in self.pairs.iter().zip(noisy) {
            let contents = (
                self.contents.0.of(pair.reader),
                self.contents.1.of(pair.writer),
            );
            if let (false, (Some(reader), Some(writer))) = (noisy, contents)
                && silent.0.len() < MAX_SILENT
            {
                silent.0.insert((reader.digest, writer.digest));
            }
        }
    }

    pub(super) fn same_branches(&self, reader: &[Use], writer: &[Use]) -> bool {
        let names = |schema: &'s Schema| move |branch: &Use| branch_name(schema.kind(branch.id));
        let reader = reader.iter().map(names(self.reader));
        reader.eq(writer.iter().map(names(self.writer)))
    }
}
