#include "net/smtp.h"

#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/url.h"

enum { CONNECT_MS = 10 * 1000, SMTP_MEMORY_MAX = 64 * 1024, VERB_SIZE = 5 };

struct smtp {
    struct env *env;
    struct transfers *transfers;
    struct arena arena;
    struct smtp_server server;
    struct str password;
    const char *ca_path;
};

/* One message from smtp_send to its callback. */
struct letter {
    struct transfer_task task; /* first */
    const struct curl *curl;   /* NULL: it cannot be had */
    struct smtp *smtp;
    struct arena arena;
    struct curl_slist *recipients;
    struct str unread; /* of the message */
    smtp_done *done;
    void *context;
    bool is_over;               /* goodbye was said */
    char verb[VERB_SIZE];       /* of the last command: "RCPT" */
    char reply[SMTP_WORDS_MAX]; /* its answer's last line */
    char error[CURL_ERROR_SIZE];
};

/* --- what the relay says --- */

static void keep_line(struct str line, size_t max, char *ret_text) {
    size_t len = 0;
    while (len < line.len && len + 1 < max && (unsigned char)line.bytes[len] >= 0x20 &&
           (unsigned char)line.bytes[len] < 0x7f) {
        len++;
    }
    memcpy(ret_text, line.bytes, len);
    ret_text[len] = '\0';
}

/* Commands and answers pass by here, the password among them: of what is sent no more is kept than
 * that it is one of these. */
static bool is_verb(const char *verb) {
    static const char *const verbs[] = {"EHLO", "HELO", "STAR", "AUTH", "MAIL", "RCPT", "DATA"};
    for (size_t i = 0; i < ARRAY_LEN(verbs); i++) {
        if (strcmp(verb, verbs[i]) == 0) {
            return true;
        }
    }
    return false;
}

static int on_talk(CURL *easy, curl_infotype type, char *bytes, size_t len, void *context) {
    struct letter *letter = context;
    (void)easy;
    if (letter->is_over) {
        return 0;
    }
    if (type == CURLINFO_HEADER_OUT) {
        char verb[VERB_SIZE];
        keep_line(str_of(bytes, len), sizeof verb, verb);
        letter->is_over = strcmp(verb, "QUIT") == 0;
        if (is_verb(verb)) {
            memcpy(letter->verb, verb, sizeof verb);
            letter->reply[0] = '\0';
        }
    } else if (type == CURLINFO_HEADER_IN) {
        keep_line(str_of(bytes, len), sizeof letter->reply, letter->reply);
    }
    return 0;
}

/* RFC 3463: x.7.y is policy, x.2.2 a full mailbox, x.4.y the way there. Without such a code, those
 * of RFC 5321 4.2.3 that speak of the mailbox. */
static bool is_about_address(const char *reply) {
    struct str rest = str_skip(str_from_cstr(reply), strlen("550 "));
    if (str_starts_with(rest, STR("5."))) {
        return str_starts_with(rest, STR("5.1.")) || str_starts_with(rest, STR("5.2.1"));
    }
    return strncmp(reply, "550", 3) == 0 || strncmp(reply, "551", 3) == 0 ||
           strncmp(reply, "553", 3) == 0;
}

static enum smtp_result result_of(const struct letter *letter, CURLcode code) {
    if (code == CURLE_OK) {
        return SMTP_TAKEN;
    }
    bool is_rcpt = strcmp(letter->verb, "RCPT") == 0;
    if (letter->reply[0] != '5' || (!is_rcpt && strcmp(letter->verb, "DATA") != 0)) {
        return SMTP_LATER;
    }
    return is_rcpt && is_about_address(letter->reply) ? SMTP_BAD_ADDRESS : SMTP_REFUSED;
}

static void finish(struct transfer_task *task, CURLcode code) {
    struct letter *letter = (struct letter *)task;
    struct env *env = letter->smtp->env;
    char words[SMTP_WORDS_MAX + CURL_ERROR_SIZE];
    const char *error = letter->error[0] != '\0' ? letter->error : NULL;
    if (error == NULL) {
        error = letter->curl == NULL ? "there is no libcurl" : letter->curl->easy_strerror(code);
    }
    if (letter->reply[0] == '4' || letter->reply[0] == '5') {
        (void)snprintf(words, sizeof words, "%s: %s", letter->verb, letter->reply);
    } else {
        (void)snprintf(words, sizeof words, "%s", code == CURLE_OK ? letter->reply : error);
    }
    struct smtp_answer answer = {result_of(letter, code),
                                 str_first(str_from_cstr(words), SMTP_WORDS_MAX)};
    letter->done(letter->context, &answer);
    if (letter->curl != NULL) {
        letter->curl->easy_cleanup(task->easy);
        letter->curl->slist_free_all(letter->recipients);
    }
    arena_finish(&letter->arena);
    env_free(env, letter);
}

/* --- what is sent --- */

static size_t on_read(char *bytes, size_t size, size_t count, void *context) {
    struct letter *letter = context;
    struct str part = str_first(letter->unread, size * count);
    if (part.len > 0) {
        memcpy(bytes, part.bytes, part.len);
    }
    letter->unread = str_skip(letter->unread, part.len);
    return part.len;
}

static CURLcode set_rules(struct letter *letter) {
    const struct curl *curl = letter->curl;
    CURL *easy = letter->task.easy;
    const struct smtp *smtp = letter->smtp;
    bool has_user = smtp->server.user.len > 0;
    CURLcode code = CURL_SET(curl, easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    code |=
        CURL_SET(curl, easy, CURLOPT_USE_SSL, (long)(has_user ? CURLUSESSL_ALL : CURLUSESSL_TRY));
    code |= CURL_SET(curl, easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    code |= CURL_SET(curl, easy, CURLOPT_SSL_VERIFYPEER, 1L);
    code |= CURL_SET(curl, easy, CURLOPT_SSL_VERIFYHOST, 2L);
    code |= CURL_SET(curl, easy, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
    code |= CURL_SET(curl, easy, CURLOPT_TIMEOUT_MS, (long)SMTP_TIMEOUT_MS);
    code |= CURL_SET(curl, easy, CURLOPT_PROXY, "");
    code |= CURL_SET(curl, easy, CURLOPT_NOSIGNAL, 1L);
    if (smtp->ca_path != NULL) {
        code |= CURL_SET(curl, easy, CURLOPT_CAINFO, smtp->ca_path);
    }
    if (has_user) {
        code |= CURL_SET(curl, easy, CURLOPT_USERNAME, smtp->server.user.bytes);
        code |= CURL_SET(curl, easy, CURLOPT_PASSWORD, smtp->password.bytes);
    }
    code |= CURL_SET(curl, easy, CURLOPT_VERBOSE, 1L); /* or on_talk hears nothing */
    code |= CURL_SET(curl, easy, CURLOPT_DEBUGFUNCTION, on_talk);
    code |= CURL_SET(curl, easy, CURLOPT_DEBUGDATA, letter);
    code |= CURL_SET(curl, easy, CURLOPT_ERRORBUFFER, letter->error);
    return code;
}

static CURLcode set_message(struct letter *letter, const struct smtp_message *message) {
    const struct curl *curl = letter->curl;
    CURL *easy = letter->task.easy;
    const char *from = arena_printf(&letter->arena, "<" STR_FMT ">", STR_ARG(message->from)).bytes;
    const char *to = arena_printf(&letter->arena, "<" STR_FMT ">", STR_ARG(message->to)).bytes;
    letter->unread = message->bytes;
    letter->recipients = curl->slist_append(NULL, to);
    CURLcode code = CURL_SET(curl, easy, CURLOPT_URL, letter->smtp->server.url.bytes);
    code |= CURL_SET(curl, easy, CURLOPT_MAIL_FROM, from);
    code |= CURL_SET(curl, easy, CURLOPT_MAIL_RCPT, letter->recipients);
    code |= CURL_SET(curl, easy, CURLOPT_UPLOAD, 1L);
    code |= CURL_SET(curl, easy, CURLOPT_READFUNCTION, on_read);
    code |= CURL_SET(curl, easy, CURLOPT_READDATA, letter);
    code |= CURL_SET(curl, easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)message->bytes.len);
    return letter->recipients == NULL ? CURLE_OUT_OF_MEMORY : code;
}

/* A line break in an address would be a command of its own. */
static bool is_plain(struct str address) {
    for (size_t i = 0; i < address.len; i++) {
        unsigned char c = (unsigned char)address.bytes[i];
        if (c <= 0x20 || c >= 0x7f || c == '<' || c == '>') {
            return false;
        }
    }
    return address.len > 0;
}

static bool set_up(struct letter *letter, const struct smtp_message *message) {
    letter->task.easy = letter->curl->easy_init();
    return letter->task.easy != NULL && set_rules(letter) == CURLE_OK &&
           set_message(letter, message) == CURLE_OK && !arena_failed(&letter->arena);
}

void smtp_send(struct smtp *smtp, const struct smtp_message *message, smtp_done *done,
               void *context) {
    check(is_plain(message->from) && is_plain(message->to));
    struct letter *letter = env_alloc(smtp->env, sizeof *letter);
    check(letter != NULL); /* without it there is no one to tell that it failed */
    *letter =
        (struct letter){.task = {.done = finish}, .smtp = smtp, .done = done, .context = context};
    arena_init(&letter->arena, smtp->env, SMTP_MEMORY_MAX);
    struct err err = transfers_curl(smtp->transfers, &letter->curl);
    if (!err_failed(err) && !set_up(letter, message)) {
        letter->curl->easy_cleanup(letter->task.easy);
        letter->task.easy = NULL;
    }
    transfers_start(smtp->transfers, &letter->task);
}

/* --- life --- */

bool smtp_server_parse(struct arena *arena, struct str url, struct smtp_server *ret_server) {
    static const struct str schemes[] = {STR_INIT("smtp://"), STR_INIT("smtps://")};
    for (size_t i = 0; i < ARRAY_LEN(schemes); i++) {
        if (!str_starts_with(url, schemes[i])) {
            continue;
        }
        struct str host = str_skip(url, schemes[i].len);
        size_t at = str_find(host, '@');
        struct str user = at < host.len ? str_first(host, at) : STR("");
        host = at < host.len ? str_skip(host, at + 1) : host;
        static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                      "0123456789.-:[]";
        struct smtp_server server = {.user = STR("")};
        if (host.len == 0 || !str_only(host, allowed) || str_find(user, ':') < user.len ||
            (user.len > 0 && !url_decode(arena, user, false, &server.user))) {
            return false;
        }
        server.url = arena_printf(arena, STR_FMT STR_FMT, STR_ARG(schemes[i]), STR_ARG(host));
        *ret_server = server;
        return true;
    }
    return false;
}

struct err smtp_create(struct cx *cx, const struct smtp_options *options, struct smtp **ret_smtp) {
    struct smtp *smtp = env_alloc(options->env, sizeof *smtp);
    if (smtp == NULL) {
        return cx_fail(cx, ERR(ERR_NO_MEMORY), "There is no memory for the mail server.");
    }
    *smtp = (struct smtp){.env = options->env, .transfers = options->transfers};
    arena_init(&smtp->arena, options->env, SMTP_MEMORY_MAX);
    smtp->server.url = arena_str(&smtp->arena, options->server.url);
    smtp->server.user = arena_str(&smtp->arena, options->server.user);
    smtp->password = arena_str(&smtp->arena, options->password);
    smtp->ca_path = options->ca_path == NULL
                        ? NULL
                        : arena_str(&smtp->arena, str_from_cstr(options->ca_path)).bytes;
    if (arena_failed(&smtp->arena)) {
        smtp_destroy(smtp);
        return cx_fail(cx, ERR(ERR_NO_MEMORY), "There is no memory for the mail server.");
    }
    *ret_smtp = smtp;
    return OK;
}

void smtp_destroy(struct smtp *smtp) {
    if (smtp == NULL) {
        return;
    }
    arena_finish(&smtp->arena);
    env_free(smtp->env, smtp);
}
