//! The one task of a process that writes: takes what is queued and commits it as a group.
//!
//! A commit costs the same for one write as for many, so under load writes share it. A write that
//! is refused does not disturb the others of its group; if anything else goes wrong with a group,
//! it is rolled back and its writes are committed one by one.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::task::JoinHandle;

use super::failure::{Failure, database_error};
use super::session::{Arg, Backend, Locks, PendingEntry, Row, ScopeKey, Touched, WriteSession};
use crate::store::error::{Refusal, Result, StoreError};
use crate::store::model::{Change, Origin, SubjectName};

/// How many writes share a commit at most: bounds what one group keeps locked, and for how long.
const GROUP_MAX: usize = 64;

/// How many writes may wait before callers wait to queue theirs.
const QUEUE_MAX: usize = 1_024;

/// How often a group that lost a race is run again, waiting twice as long each time.
const ATTEMPTS_MAX: u32 = 8;
const RETRY_DELAY_MIN: Duration = Duration::from_millis(2);

/// A write, as a transaction runs it. May be run more than once.
#[async_trait]
pub(super) trait Operation: Send + Sync + 'static {
    type Output: Send + 'static;

    /// What is being done, as a phrase that begins with "while".
    fn context(&self) -> String;

    /// The context whose schemas it may lock while it runs.
    fn home(&self) -> &str;

    /// Which scopes to lock before it runs.
    fn locks(&self, locks: &mut Locks);

    /// Does it. A refusal that comes before the first [`Tx::write`] costs the group nothing.
    async fn run(&self, tx: &mut Tx<'_>) -> std::result::Result<Self::Output, Failure>;
}

/// The transaction of a group, as one of its operations sees it.
pub(super) struct Tx<'a> {
    session: &'a mut dyn WriteSession,
    entries: Vec<PendingEntry>,
    touched: Touched,
    /// Whether the present operation has changed anything.
    written: bool,
}

impl Tx<'_> {
    /// Runs a statement that changes nothing.
    pub(super) async fn read(
        &mut self,
        sql: &'static str,
        args: &[Arg<'_>],
    ) -> std::result::Result<Vec<Row>, Failure> {
        if args.iter().any(Arg::has_nul) {
            return Ok(Vec::new());
        }
        Ok(self.session.fetch(sql, args).await?)
    }

    /// Runs a statement that changes something, and returns its `RETURNING` rows.
    pub(super) async fn write(
        &mut self,
        sql: &'static str,
        args: &[Arg<'_>],
    ) -> std::result::Result<Vec<Row>, Failure> {
        self.written = true;
        Ok(self.session.fetch(sql, args).await?)
    }

    /// Moves a subject to its next revision, when the group is complete.
    pub(super) fn touch(&mut self, subject: &SubjectName) {
        *self.touched.entry(subject.into()).or_default() += 1;
    }

    /// By how much the revision of a scope is ahead of what a query says.
    pub(super) fn revisions_ahead(&self, scope: &ScopeKey) -> i64 {
        self.touched.get(scope).copied().unwrap_or_default()
    }

    /// Remembers the change for the log, where it is written when the group is complete.
    pub(super) fn log(
        &mut self,
        origin: &Origin,
        scope: impl Into<ScopeKey>,
        change: &Change,
    ) -> std::result::Result<(), Failure> {
        self.entries.push(PendingEntry {
            time_ms: origin.time_ms,
            actor: origin.actor.clone(),
            kind: change.kind(),
            scope: scope.into(),
            payload: serde_json::to_string(change).map_err(Failure::corrupt)?,
        });
        Ok(())
    }
}

/// The sending end of the queue.
#[derive(Debug)]
pub(super) struct Writer {
    queue: mpsc::Sender<Message>,
    task: Mutex<Option<JoinHandle<()>>>,
}

impl Writer {
    pub(super) fn start(backend: Arc<dyn Backend>) -> Self {
        let (queue, messages) = mpsc::channel(QUEUE_MAX);
        Self {
            queue,
            task: Mutex::new(Some(tokio::spawn(work(backend, messages)))),
        }
    }

    /// Queues a write and waits until it is durable or refused.
    pub(super) async fn run<O: Operation>(&self, operation: O) -> Result<O::Output> {
        let context = operation.context();
        let closed = |_| unavailable(format!("{context}: the store is closed"));
        let given_up = |_| unavailable(format!("{context}: the write was given up"));
        let (reply, outcome) = oneshot::channel();
        let job = Pending {
            operation,
            reply,
            outcome: None,
        };
        let message = Message::Write(Box::new(job));
        self.queue.send(message).await.map_err(closed)?;
        outcome.await.map_err(given_up)?
    }

    /// Finishes what is queued and refuses the rest.
    pub(super) async fn stop(&self) {
        let _already_stopped = self.queue.send(Message::Stop).await;
        if let Some(task) = self.task.lock().await.take()
            && let Err(error) = task.await
        {
            tracing::error!(%error, "the writer task failed");
        }
    }
}

fn unavailable(context: String) -> StoreError {
    StoreError::Unavailable {
        context,
        source: None,
    }
}

enum Message {
    Write(Box<dyn Job>),
    Stop,
}

async fn work(backend: Arc<dyn Backend>, mut messages: mpsc::Receiver<Message>) {
    let mut batch = Vec::with_capacity(GROUP_MAX);
    while messages.recv_many(&mut batch, GROUP_MAX).await > 0 {
        let mut jobs = Vec::with_capacity(batch.len());
        for message in batch.drain(..) {
            match message {
                Message::Write(job) => jobs.push(job),
                Message::Stop => messages.close(),
            }
        }
        // A task of its own, so that a panic fails the writes of one group and not all to come.
        let group = tokio::spawn(commit(Arc::clone(&backend), jobs));
        if let Err(error) = group.await {
            tracing::error!(%error, "a group of writes failed");
        }
    }
}

/// Commits a group and answers its callers.
async fn commit(backend: Arc<dyn Backend>, mut jobs: Vec<Box<dyn Job>>) {
    // Contexts are locked as their turn comes, so all groups take them in the same order.
    jobs.sort_by(|a, b| a.home().cmp(b.home()));
    let failure = match attempt_repeatedly(&*backend, &mut jobs).await {
        Ok(()) => return jobs.into_iter().for_each(Job::acknowledge),
        Err(failure) => failure,
    };
    if jobs.len() == 1 || failure.is_unavailable() {
        return fail_all(jobs, failure);
    }
    for job in jobs {
        let mut alone = vec![job];
        match attempt_repeatedly(&*backend, &mut alone).await {
            Ok(()) => alone.into_iter().for_each(Job::acknowledge),
            Err(failure) => fail_all(alone, failure),
        }
    }
}

fn fail_all(jobs: Vec<Box<dyn Job>>, failure: Failure) {
    match failure {
        Failure::Refused(refusal) => {
            for job in jobs {
                job.refuse(refusal.clone());
            }
        }
        Failure::Database(error) => {
            let error = Arc::new(error);
            for job in jobs {
                job.fail(Arc::clone(&error));
            }
        }
    }
}

/// Runs a group until it does not lose a race. Nothing is committed when it fails, unless the
/// connection broke during the commit.
async fn attempt_repeatedly(
    backend: &dyn Backend,
    jobs: &mut [Box<dyn Job>],
) -> std::result::Result<(), Failure> {
    let mut delay = RETRY_DELAY_MIN;
    for _ in 1..ATTEMPTS_MAX {
        match attempt(backend, jobs).await {
            Err(failure) if failure.is_lost_race() => tokio::time::sleep(delay).await,
            result => return result,
        }
        delay *= 2;
    }
    attempt(backend, jobs).await
}

async fn attempt(
    backend: &dyn Backend,
    jobs: &mut [Box<dyn Job>],
) -> std::result::Result<(), Failure> {
    let mut locks = Locks::default();
    for job in jobs.iter() {
        job.locks(&mut locks);
    }
    let mut session = backend.begin().await?;
    session.lock(&locks).await?;
    let mut tx = Tx {
        session: &mut *session,
        entries: Vec::new(),
        touched: Touched::new(),
        written: false,
    };
    for job in jobs.iter_mut() {
        tx.written = false;
        job.run(&mut tx).await?;
    }
    let Tx {
        entries, touched, ..
    } = tx;
    if !touched.is_empty() {
        session.touch(&touched).await?;
    }
    if !entries.is_empty() {
        session.append(&entries).await?;
    }
    session.commit().await?;
    Ok(())
}

/// An operation of any output type.
#[async_trait]
trait Job: Send {
    fn home(&self) -> &str;
    fn locks(&self, locks: &mut Locks);
    /// Keeps the outcome, which only counts once the group is committed. Fails if the group cannot
    /// be committed with what the operation did.
    async fn run(&mut self, tx: &mut Tx<'_>) -> std::result::Result<(), Failure>;
    fn acknowledge(self: Box<Self>);
    fn refuse(self: Box<Self>, refusal: Refusal);
    fn fail(self: Box<Self>, error: Arc<sqlx::Error>);
}

struct Pending<O: Operation> {
    operation: O,
    reply: oneshot::Sender<Result<O::Output>>,
    outcome: Option<std::result::Result<O::Output, Refusal>>,
}

impl<O: Operation> Pending<O> {
    /// A caller who no longer waits does not need the answer.
    fn answer(reply: oneshot::Sender<Result<O::Output>>, result: Result<O::Output>) {
        let _caller_gone = reply.send(result);
    }
}

#[async_trait]
impl<O: Operation> Job for Pending<O> {
    fn home(&self) -> &str {
        self.operation.home()
    }

    fn locks(&self, locks: &mut Locks) {
        self.operation.locks(locks);
    }

    async fn run(&mut self, tx: &mut Tx<'_>) -> std::result::Result<(), Failure> {
        match self.operation.run(tx).await {
            Ok(output) => self.outcome = Some(Ok(output)),
            Err(Failure::Refused(refusal)) if !tx.written => self.outcome = Some(Err(refusal)),
            Err(failure) => return Err(failure),
        }
        Ok(())
    }

    fn acknowledge(self: Box<Self>) {
        let Self { reply, outcome, .. } = *self;
        if let Some(outcome) = outcome {
            Self::answer(reply, outcome.map_err(StoreError::from));
        }
    }

    fn refuse(self: Box<Self>, refusal: Refusal) {
        Self::answer(self.reply, Err(refusal.into()));
    }

    fn fail(self: Box<Self>, error: Arc<sqlx::Error>) {
        let context = self.operation.context();
        Self::answer(self.reply, Err(database_error(error, context)));
    }
}

#[cfg(test)]
mod tests {
    use super::super::session::Session;
    use super::*;
    use crate::store::sqlite::database_in_memory;

    /// What a test operation does after it has written its name into `contexts`.
    #[derive(Clone, Copy, Debug, PartialEq)]
    enum Then {
        Succeed,
        Refuse,
        Fail,
        Panic,
    }

    struct Write(&'static str, Then);

    #[async_trait]
    impl Operation for Write {
        type Output = ();

        fn context(&self) -> String {
            format!("while writing {}", self.0)
        }

        fn home(&self) -> &str {
            self.0
        }

        fn locks(&self, _locks: &mut Locks) {}

        async fn run(&self, tx: &mut Tx<'_>) -> std::result::Result<(), Failure> {
            let sql = "INSERT INTO contexts (name, last_schema_id) VALUES ($1, 0)";
            tx.write(sql, &[Arg::Text(self.0)]).await?;
            let subject = SubjectName::new(self.0, "");
            let change = Change::ModeChanged { mode: None };
            tx.log(&Origin::default(), &subject, &change)?;
            match self.1 {
                Then::Succeed => {}
                Then::Refuse => return Err(Refusal::Moved.into()),
                Then::Fail => drop(tx.write("INSERT INTO no_such_table", &[]).await?),
                Then::Panic => panic!("as the test asked for"),
            }
            Ok(())
        }
    }

    async fn column(backend: &dyn Backend, sql: &'static str) -> Vec<String> {
        let mut reader = backend.reader().await.unwrap();
        let rows = reader.fetch(sql, &[]).await.unwrap();
        rows.iter().map(|row| row.text(0).unwrap()).collect()
    }

    /// Queues three writes before the writer wakes (one thread runs all), so they are one group.
    async fn group_of_three(then: Then) -> (Arc<dyn Backend>, [Result<()>; 3]) {
        let backend = database_in_memory().await.unwrap();
        let writer = Writer::start(Arc::clone(&backend));
        let (a, b, c) = tokio::join!(
            writer.run(Write(".a", Then::Succeed)),
            writer.run(Write(".b", then)),
            writer.run(Write(".c", Then::Succeed)),
        );
        writer.stop().await;
        (backend, [a, b, c])
    }

    #[tokio::test]
    async fn refusal_after_writing_takes_back_only_its_own() {
        let (backend, [a, b, c]) = group_of_three(Then::Refuse).await;
        a.and(c).unwrap();
        assert_eq!(b.unwrap_err().refusal(), Some(&Refusal::Moved));
        let names = column(&*backend, "SELECT name FROM contexts ORDER BY name").await;
        assert_eq!(names, [".a", ".c"]);
        let logged = column(&*backend, "SELECT context FROM log ORDER BY position").await;
        assert_eq!(logged, [".a", ".c"]);
    }

    #[tokio::test]
    async fn database_error_takes_back_only_its_own() {
        let (backend, [a, b, c]) = group_of_three(Then::Fail).await;
        a.and(c).unwrap();
        assert!(matches!(b, Err(StoreError::Internal { .. })), "{b:?}");
        let names = column(&*backend, "SELECT name FROM contexts ORDER BY name").await;
        assert_eq!(names, [".a", ".c"]);
    }

    #[tokio::test]
    async fn writer_outlives_a_panic() {
        let (backend, [_, b, _]) = group_of_three(Then::Panic).await;
        assert!(matches!(b, Err(StoreError::Unavailable { .. })), "{b:?}");
        let writer = Writer::start(Arc::clone(&backend));
        writer.run(Write(".d", Then::Succeed)).await.unwrap();
        let panicked = writer.run(Write(".e", Then::Panic)).await;
        assert!(panicked.is_err());
        writer.run(Write(".f", Then::Succeed)).await.unwrap();
        let names = column(&*backend, "SELECT name FROM contexts ORDER BY name").await;
        assert_eq!(names, [".d", ".f"]);
    }

    /// Counts transactions.
    #[derive(Debug)]
    struct Counting(Arc<dyn Backend>, std::sync::atomic::AtomicU32);

    #[async_trait]
    impl Backend for Counting {
        async fn reader(&self) -> sqlx::Result<Box<dyn Session>> {
            self.0.reader().await
        }

        async fn snapshot(&self) -> sqlx::Result<Box<dyn Session>> {
            self.0.snapshot().await
        }

        async fn begin(&self) -> sqlx::Result<Box<dyn WriteSession>> {
            self.1.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            self.0.begin().await
        }

        async fn close(&self) {
            self.0.close().await;
        }
    }

    #[tokio::test]
    async fn queued_writes_share_a_commit() {
        let backend = database_in_memory().await.unwrap();
        let counting = Arc::new(Counting(backend, 0.into()));
        let writer = Writer::start(Arc::clone(&counting) as Arc<dyn Backend>);
        let results = tokio::join!(
            writer.run(Write(".a", Then::Succeed)),
            writer.run(Write(".b", Then::Succeed)),
            writer.run(Write(".c", Then::Succeed)),
        );
        assert!(matches!(results, (Ok(()), Ok(()), Ok(()))));
        assert_eq!(counting.1.load(std::sync::atomic::Ordering::Relaxed), 1);
    }
}
