//! The only printer. Results go to standard output, talk goes to standard error; a reader that went
//! away (`schemactl list | head -1`) is no error.

use std::fmt::{self, Write as _};
use std::io::{self, IsTerminal, Write};

use anstream::{AutoStream, ColorChoice};
use checker::Problem;
use checker::report::text::{Paint, Renderer, Styles};
use checker::report::{Sources, escape};
use clap::builder::styling::{AnsiColor, Effects, Style};

use crate::error::Error;

/// Where a command writes.
pub struct Output {
    out: Box<dyn Write + Send>,
    err: Box<dyn Write + Send>,
    styles: Styles,
    err_styles: Styles,
    closed: bool,
    /// Whether somebody watches standard error.
    watched: bool,
}

impl fmt::Debug for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Output")
            .field("closed", &self.closed)
            .finish_non_exhaustive()
    }
}

impl Output {
    /// The standard streams, in colour where a terminal shows it and `NO_COLOR` is not set.
    pub fn standard() -> Self {
        let colour = AutoStream::choice(&io::stdout()) != ColorChoice::Never;
        let err_colour = AutoStream::choice(&io::stderr()) != ColorChoice::Never;
        let styles = |colour| {
            if colour {
                coloured()
            } else {
                Styles::default()
            }
        };
        Self {
            out: Box::new(io::stdout()),
            err: Box::new(io::stderr()),
            styles: styles(colour),
            err_styles: styles(err_colour),
            closed: false,
            watched: io::stderr().is_terminal(),
        }
    }

    /// Other streams, without colour.
    pub fn plain(out: Box<dyn Write + Send>, err: Box<dyn Write + Send>) -> Self {
        Self {
            out,
            err,
            styles: Styles::default(),
            err_styles: Styles::default(),
            closed: false,
            watched: false,
        }
    }

    /// The colours of standard output.
    pub const fn styles(&self) -> &Styles {
        &self.styles
    }

    /// The colours of standard error.
    pub const fn err_styles(&self) -> &Styles {
        &self.err_styles
    }

    /// Whether standard error is a terminal, where somebody may wait.
    pub const fn is_watched(&self) -> bool {
        self.watched
    }

    /// Whether nobody reads standard output any more.
    pub const fn is_closed(&self) -> bool {
        self.closed
    }

    /// Writes a piece of the result and flushes it.
    pub fn result(&mut self, text: &str) -> Result<(), Error> {
        if self.closed {
            return Ok(());
        }
        let written = self.out.write_all(text.as_bytes());
        match written.and_then(|()| self.out.flush()) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.closed = true;
                Ok(())
            }
            Err(error) => Err(Error::Write(error)),
        }
    }

    /// Writes a value as indented JSON.
    pub fn json(&mut self, value: &impl serde::Serialize) -> Result<(), Error> {
        let text = serde_json::to_string_pretty(value);
        let mut text = text.map_err(|error| Error::Write(error.into()))?;
        text.push('\n');
        self.result(&text)
    }

    /// Says something beside the result.
    pub fn note(&mut self, text: &str) {
        self.say(&format!("note: {}\n", escape(text)));
    }

    /// Tells why a command failed, with the whole chain of reasons.
    pub fn error(&mut self, error: &Error) {
        let Paint { on, off } = &self.err_styles.error;
        let mut message = format!("{on}error{off}: {}\n", escape(&error.chain()));
        for detail in error.details() {
            let _ = writeln!(message, "  - {}", escape(detail));
        }
        if let Some(help) = error.help() {
            let _ = writeln!(message, "  = help  {}", escape(&help));
        }
        self.say(&message);
    }

    /// Tells what is wrong with texts, and quotes them.
    pub fn problems<'p>(
        &mut self,
        problems: impl IntoIterator<Item = &'p Problem>,
        sources: &Sources,
    ) {
        let renderer = Renderer {
            sources,
            styles: &self.err_styles,
            directions: &[],
        };
        let problems = problems.into_iter();
        let text: String = problems.map(|problem| renderer.problem(problem)).collect();
        self.say(&text);
    }

    /// Writes ready-made text to standard error. If that is gone there is nobody left to tell.
    pub fn say(&mut self, text: &str) {
        let _ = self.err.write_all(text.as_bytes());
    }
}

fn coloured() -> Styles {
    let bold = |colour: AnsiColor| colour.on_default().effects(Effects::BOLD);
    Styles {
        error: paint(bold(AnsiColor::Red)),
        warning: paint(bold(AnsiColor::Yellow)),
        undecided: paint(bold(AnsiColor::Magenta)),
        message: paint(Style::new().effects(Effects::BOLD)),
        frame: paint(bold(AnsiColor::Blue)),
        primary: paint(bold(AnsiColor::Red)),
        secondary: paint(bold(AnsiColor::Blue)),
    }
}

fn paint(style: Style) -> Paint {
    Paint {
        on: style.render().to_string(),
        off: style.render_reset().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A stream that fails from the start.
    struct Failing(io::ErrorKind);

    impl Write for Failing {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn output(kind: io::ErrorKind) -> Output {
        Output::plain(Box::new(Failing(kind)), Box::new(io::sink()))
    }

    #[test]
    fn a_reader_that_went_away_is_no_error() {
        let mut output = output(io::ErrorKind::BrokenPipe);
        assert!(output.result("text").is_ok());
        assert!(output.is_closed());
        assert!(output.result("more").is_ok());
    }

    #[test]
    fn a_full_disk_is_one() {
        let written = output(io::ErrorKind::StorageFull).result("text");
        assert!(matches!(written, Err(Error::Write(_))));
    }
}
