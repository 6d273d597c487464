/* Outbound mail (RFC 5321): one message to one address by a relay, over libcurl on the loop. TLS
 * 1.2 or newer: from the start (smtps://), or by STARTTLS, without which no password is ever sent.
 * What the relay said is told apart by whom it blames: nobody yet, the address, or the message. */
#ifndef NET_SMTP_H
#define NET_SMTP_H

#include "net/transfers.h"

enum { SMTP_WORDS_MAX = 256, SMTP_TIMEOUT_MS = 60 * 1000 };

struct smtp_server {
    struct str url;  /* "smtp://mail.example:587" */
    struct str user; /* empty: the relay lets us in without */
};

/* "smtp://user@host:587", "smtps://host": in the arena. False when it is none, or has a password in
 * it, which others on the machine could read. */
MUST_USE bool smtp_server_parse(struct arena *arena, struct str url,
                                struct smtp_server *ret_server);

struct smtp_options {
    struct env *env;
    struct transfers *transfers; /* must outlive it */
    struct smtp_server server;   /* copied, as is the password */
    struct str password;
    const char *ca_path; /* PEM of who vouches for the relay; NULL: the system's */
};

struct smtp;
MUST_USE struct err smtp_create(struct cx *cx, const struct smtp_options *options,
                                struct smtp **ret_smtp);
void smtp_destroy(struct smtp *smtp); /* nothing may be under way. Takes NULL */

enum smtp_result {
    SMTP_TAKEN,       /* the relay answers for it now */
    SMTP_LATER,       /* not reached, not let in, or "try again": it may even have been taken */
    SMTP_BAD_ADDRESS, /* there is no such address, for good */
    SMTP_REFUSED,     /* the message or our right to send it was refused, for good */
};

struct smtp_answer {
    enum smtp_result result;
    struct str words; /* "RCPT: 550 5.1.1 No such user"; valid in the callback only */
};

struct smtp_message {
    struct str from, to; /* addresses without brackets; nothing but printable ASCII */
    struct str bytes;    /* the whole message, lines ended by CRLF; borrowed until the callback */
};

typedef void smtp_done(void *context, const struct smtp_answer *answer);

/* Calls `done` exactly once, later, on the loop's thread. */
void smtp_send(struct smtp *smtp, const struct smtp_message *message, smtp_done *done,
               void *context);

#endif
