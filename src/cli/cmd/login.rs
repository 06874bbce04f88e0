//! Keeps a server's token on this machine.

use crate::app::error::Error;
use crate::cli::args::LoginArgs;
use crate::cli::{Exit, context::Context};

pub fn run(cx: &mut Context<'_>, args: &LoginArgs) -> Result<Exit, Error> {
    if args.forget {
        let was_there = cx.wiring.servers.logout(&args.server)?;
        cx.out.line(if was_there { "the token is forgotten" } else { "there was no token for that server" });
        return Ok(Exit::Ok);
    }
    let token = cx.wiring.servers.read_token(&format!("Token for {}: ", args.server))?;
    let path = cx.wiring.servers.login(&args.server, &token, &cx.settings)?;
    if cx.wiring.process.var("LAUNCHROOM_TOKEN").is_some_and(|token| !token.trim().is_empty()) {
        cx.out.say("LAUNCHROOM_TOKEN is set here and comes first");
    }
    cx.out.line(format!("the server takes it; kept in {}, for you alone", path.display()));
    Ok(Exit::Ok)
}
