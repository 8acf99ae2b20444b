//! A mail server that keeps what it is sent, or refuses it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// A mail as it arrived.
#[derive(Clone, Debug)]
pub struct Arrived {
    /// Whom it is for.
    pub to: String,
    /// Headers and body as they came over the wire, quoted-printable and all.
    pub raw: String,
}

/// The mail server.
pub struct MailSink {
    port: u16,
    arrived: watch::Receiver<Vec<Arrived>>,
    answer: Arc<AtomicU16>,
}

impl MailSink {
    /// Starts one that takes everything.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (keep, arrived) = watch::channel(Vec::new());
        let answer = Arc::new(AtomicU16::new(250));
        let says = answer.clone();
        tokio::spawn(async move {
            let keep = Arc::new(keep);
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(talk(stream, keep.clone(), says.clone()));
            }
        });
        Self { port, arrived, answer }
    }

    /// Its port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// From now on answers every recipient with this code: 250 takes it, 450 refuses for now, 550 for good.
    pub fn answer_with(&self, code: u16) {
        self.answer.store(code, Ordering::SeqCst);
    }

    /// What has arrived so far.
    pub fn arrived(&self) -> Vec<Arrived> {
        self.arrived.borrow().clone()
    }

    /// Waits until so many mails have arrived.
    pub async fn wait_for(&self, number: usize) -> Vec<Arrived> {
        let mut arrived = self.arrived.clone();
        let waiting = arrived.wait_for(|mails| mails.len() >= number);
        tokio::time::timeout(Duration::from_secs(30), waiting).await.expect("no mail in 30 s").unwrap().clone()
    }
}

async fn talk(stream: TcpStream, keep: Arc<watch::Sender<Vec<Arrived>>>, answer: Arc<AtomicU16>) {
    let mut stream = BufReader::new(stream);
    let (mut to, mut line) = (String::new(), String::new());
    stream.write_all(b"220 sink\r\n").await.unwrap();
    loop {
        line.clear();
        if stream.read_line(&mut line).await.unwrap_or(0) == 0 {
            return;
        }
        let verb = line.get(..4).unwrap_or("").to_uppercase();
        let reply = match verb.as_str() {
            "RCPT" => {
                to = line.split(['<', '>']).nth(1).unwrap_or("").to_owned();
                format!("{} recipient\r\n", answer.load(Ordering::SeqCst))
            }
            "DATA" => {
                stream.write_all(b"354 go on\r\n").await.unwrap();
                let mut raw = String::new();
                while !raw.ends_with("\r\n.\r\n") && stream.read_line(&mut raw).await.unwrap_or(0) > 0 {}
                keep.send_modify(|mails| mails.push(Arrived { to: to.clone(), raw }));
                "250 kept\r\n".to_owned()
            }
            "QUIT" => "221 bye\r\n".to_owned(),
            _ => "250 ok\r\n".to_owned(),
        };
        if stream.write_all(reply.as_bytes()).await.is_err() {
            return;
        }
    }
}
