//! Compares the modules of two workspaces. buf takes them by their place in the list; here a module is
//! the one that it shares the most files with.

use std::collections::BTreeSet;
use std::path::Path;

use checker::Source;
use checker::protobuf::buf::{Line, check};
use checker::protobuf::{Tree, TreeFile};

use super::input::Input;
use super::targets::Targets;
use super::workspace::{Loaded, Workspace};
use super::{Question, Stop};
use crate::context::Context;
use crate::error::Error;

/// Which state could not be read: names of files alone do not tell.
const OF_OLD_STATE: &str = "this is about the old state, of --against";

/// What there is to print.
pub(super) fn lines(question: &Question<'_>, context: &mut Context) -> Result<Vec<Line>, Stop> {
    let &Question {
        directory,
        against,
        args,
        ..
    } = question;
    let input = Input::directory(directory, context)?;
    let targets = Targets::new(&input, &args.paths, &args.excluded);
    let config = question.config.map(|config| config.to_string_lossy());
    let config = given(config.as_deref(), context)?;
    let new = Workspace::load(&input.files, &input.folder, config.as_ref(), &targets)?;
    if new.has_programs {
        let note = "plugins and policies of the configuration are not run";
        context.output.note(note);
    }
    let input = Input::against(against, directory, context)?;
    let mut targets = Targets::new(&input, &args.paths, &args.excluded);
    if args.limit_to_input_files {
        targets = targets.limited_to(all_files(&new));
    }
    let config = given(args.against_config.as_deref(), context)?;
    let old = Workspace::load(&input.files, &input.folder, config.as_ref(), &targets)
        .inspect_err(|_| context.output.note(OF_OLD_STATE))?;
    compare(&new.modules, &old.modules, question, context)
}

/// A configuration of the command line: the path of a file, or a text.
fn given(config: Option<&str>, context: &Context) -> Result<Option<Source>, Error> {
    let Some(config) = config else {
        return Ok(None);
    };
    let path = Path::new(config);
    let is_file = |end: &std::ffi::OsStr| end == "yaml" || end == "yml" || end == "json";
    if path.extension().is_some_and(is_file) {
        let text = crate::files::read(&context.path(path), config)?;
        return super::files::configuration(text).map(Some);
    }
    Ok(Some(Source::new("--config", config)))
}

fn all_files(workspace: &Workspace) -> BTreeSet<String> {
    let files = workspace
        .modules
        .iter()
        .flat_map(|module| module.tree.files());
    files.map(|file| file.import_path.clone()).collect()
}

fn compare(
    new: &[Loaded],
    old: &[Loaded],
    question: &Question<'_>,
    context: &mut Context,
) -> Result<Vec<Line>, Stop> {
    let mut lines = BTreeSet::new();
    let mut told = BTreeSet::new();
    for (index, old) in pairs(new, old).into_iter().enumerate() {
        let Some(module) = new.get(index).or_else(|| new.first()) else {
            continue;
        };
        let Some(mut settings) = module.settings(question.ids)? else {
            continue;
        };
        settings.exclude_imports = question.args.exclude_imports;
        for warning in &settings.warnings {
            if told.insert(warning.clone()) {
                context.output.note(warning);
            }
        }
        if let Some(old) = merged(&old) {
            let new = new.get(index).map(|module| module.tree.clone());
            let new = new.unwrap_or_default();
            let found = check(&old, &new, &settings).inspect_err(|_| {
                if new.problems().is_empty() {
                    context.output.note(OF_OLD_STATE);
                }
            });
            lines.extend(found?);
        }
    }
    Ok(lines.into_iter().collect())
}

/// For each new module the old ones that became it; behind them the old ones that are gone.
fn pairs<'l>(new: &[Loaded], old: &'l [Loaded]) -> Vec<Vec<&'l Loaded>> {
    let mut pairs = vec![Vec::new(); new.len() + 1];
    for module in old {
        let index = heir(module, new, old.len()).unwrap_or(new.len());
        pairs[index].push(module);
    }
    pairs
}

/// Which new module an old one became.
fn heir(old: &Loaded, new: &[Loaded], old_count: usize) -> Option<usize> {
    if new.len() == 1 && old_count == 1 {
        return Some(0);
    }
    let files: BTreeSet<&str> = old.targets().collect();
    let common = |module: &Loaded| module.targets().filter(|path| files.contains(path)).count();
    let rank = |(index, module): (usize, &Loaded)| {
        let same_name = module.name == old.name;
        (common(module), same_name, std::cmp::Reverse(index))
    };
    let best = new.iter().enumerate().map(rank).max()?;
    let (common, same_name, std::cmp::Reverse(index)) = best;
    (common > 0 || same_name).then_some(index)
}

/// The files of modules that became one; those that are meant go first.
fn merged(modules: &[&Loaded]) -> Option<Tree> {
    if modules.is_empty() {
        return None;
    }
    let mut files: Vec<&TreeFile> = modules
        .iter()
        .flat_map(|module| module.tree.files())
        .collect();
    files.sort_by_key(|file| file.import_only);
    Some(Tree::new(files.into_iter().cloned()))
}
