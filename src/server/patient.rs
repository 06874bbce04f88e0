//! A visitor's stream with an end to patience: who does not read what they asked for is let go, and who is still sending when
//! the answer is no can read it before the line is cut.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep};

/// After the last word: silence for so long ends it …
const SILENCE: Duration = Duration::from_millis(250);
/// … and this does in any case.
const GOODBYE: Duration = Duration::from_secs(5);

/// A stream that is given up when nothing of an answer gets through for some time.
pub struct Patient<S> {
    inner: S,
    limit: Duration,
    /// While a write waits, or the end.
    waits: Option<Pin<Box<Sleep>>>,
    /// Since the last word was said.
    said: Option<Instant>,
}

impl<S> Patient<S> {
    pub fn new(inner: S, limit: Duration) -> Self {
        Self { inner, limit, waits: None, said: None }
    }

    /// What a write answers, or that nobody reads for too long.
    fn patiently<T>(&mut self, cx: &mut Context<'_>, done: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if done.is_ready() {
            self.waits = None;
            return done;
        }
        let limit = self.limit;
        ready!(self.waits.get_or_insert_with(|| Box::pin(sleep(limit))).as_mut().poll(cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Patient<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_read(cx, buf)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Patient<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let done = Pin::new(&mut self.inner).poll_write(cx, bytes);
        self.patiently(cx, done)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let done = Pin::new(&mut self.inner).poll_write_vectored(cx, pieces);
        self.patiently(cx, done)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let done = Pin::new(&mut self.inner).poll_flush(cx);
        self.patiently(cx, done)
    }

    /// Closing on bytes that nobody read cuts the line, and the answer with it: so they are read and forgotten.
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let said = if let Some(said) = this.said {
            said
        } else {
            let done = Pin::new(&mut this.inner).poll_shutdown(cx);
            ready!(this.patiently(cx, done))?;
            *this.said.insert(Instant::now())
        };
        let mut piece = [0; 16 * 1024];
        loop {
            let mut bytes = ReadBuf::new(&mut piece);
            match Pin::new(&mut this.inner).poll_read(cx, &mut bytes) {
                Poll::Ready(Ok(())) if !bytes.filled().is_empty() && said.elapsed() < GOODBYE => this.waits = None,
                Poll::Ready(_) => return Poll::Ready(Ok(())),
                Poll::Pending => {
                    ready!(this.waits.get_or_insert_with(|| Box::pin(sleep(SILENCE))).as_mut().poll(cx));
                    return Poll::Ready(Ok(()));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex};

    fn run(test: impl Future<Output = ()>) {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(test);
    }

    #[test]
    fn who_reads_nothing_is_let_go() {
        run(async {
            let (ours, _theirs) = duplex(16);
            let mut stream = Patient::new(ours, Duration::from_millis(30));
            let failed = stream.write_all(&[0; 64]).await.unwrap_err();
            assert_eq!(failed.kind(), io::ErrorKind::TimedOut);
        });
    }

    #[test]
    fn who_reads_slowly_gets_all_of_it() {
        run(async {
            let (ours, mut theirs) = duplex(4);
            let mut stream = Patient::new(ours, Duration::from_millis(200));
            let reading = async {
                let mut all = Vec::new();
                let mut piece = [0; 4];
                while all.len() < 40 {
                    sleep(Duration::from_millis(30)).await;
                    let count = theirs.read(&mut piece).await.unwrap();
                    all.extend_from_slice(&piece[..count]);
                }
                all.len()
            };
            let writing = async { stream.write_all(&[0; 40]).await };
            let (read, written) = tokio::join!(reading, writing);
            written.unwrap();
            assert_eq!(read, 40);
        });
    }

    #[test]
    fn what_is_still_coming_is_read_before_the_line_is_cut() {
        run(async {
            let (ours, mut theirs) = duplex(4);
            let mut stream = Patient::new(ours, Duration::from_secs(5));
            let sending = async {
                theirs.write_all(&[0; 4096]).await.unwrap();
                drop(theirs);
            };
            let (closed, ()) = tokio::join!(stream.shutdown(), sending);
            closed.unwrap();
        });
    }
}
