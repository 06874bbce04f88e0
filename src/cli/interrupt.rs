//! Ctrl-C, TERM and HUP while a proof runs: the proof has a session of its own, so it is ours to stop.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::signal::unix::{SignalKind, signal};

/// Whether somebody asked us to end.
#[derive(Clone, Default)]
pub struct Interrupted(Arc<AtomicBool>);

impl Interrupted {
    /// Somebody did.
    pub fn happened(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// Calls `stop` when a person or the system asks this process to end, from another thread, each time it does.
pub fn on_interrupt(stop: impl Fn() + Send + 'static) -> Interrupted {
    let interrupted = Interrupted::default();
    let told = interrupted.clone();
    let (ready, armed) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
        runtime.block_on(async move {
            let kinds = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()];
            let [Ok(mut int), Ok(mut term), Ok(mut hup)] = kinds.map(signal) else { return };
            let _ = ready.send(());
            loop {
                tokio::select! {
                    _ = int.recv() => {}
                    _ = term.recv() => {}
                    _ = hup.recv() => {}
                }
                told.0.store(true, Ordering::SeqCst);
                stop();
            }
        });
    });
    // A signal that comes before the handlers are in place would end us and leave the proof behind.
    let _ = armed.recv();
    interrupted
}
