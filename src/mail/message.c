#include "mail/message.h"

#include "base/crypto.h"
#include "base/rfc3339.h"

enum { HEADER_MAX = 8 * 1024, ENCODED_WORD_MAX = 75, THREAD_HEX = 32 };

static const char hex_digits[] = "0123456789ABCDEF";

static bool is_printable(unsigned char c) {
    return c >= 0x20 && c < 0x7f;
}

/* --- RFC 2047: words of a header that are not ASCII --- */

static bool needs_encoding(struct str text) {
    for (size_t i = 0; i < text.len; i++) {
        bool looks_encoded = text.bytes[i] == '=' && i + 1 < text.len && text.bytes[i + 1] == '?';
        if (!is_printable((unsigned char)text.bytes[i]) || looks_encoded) {
            return true;
        }
    }
    return false;
}

/* Of the Q encoding, in a phrase too (RFC 2047 5): letters, digits and "!*+-/" are themselves. */
static bool stands_for_itself(unsigned char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '!' ||
           c == '*' || c == '+' || c == '-' || c == '/';
}

/* The bytes of one character of UTF-8; a stray byte is a character by itself. */
static size_t character_len(struct str text) {
    unsigned char first = (unsigned char)text.bytes[0];
    size_t len = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1;
    return len < text.len ? len : text.len;
}

static size_t encoded_len(struct str character) {
    size_t len = 0;
    for (size_t i = 0; i < character.len; i++) {
        unsigned char c = (unsigned char)character.bytes[i];
        len += stands_for_itself(c) || c == ' ' ? 1 : 3;
    }
    return len;
}

static void add_encoded_byte(struct buf *out, unsigned char c) {
    if (stands_for_itself(c)) {
        buf_add_char(out, (char)c);
    } else if (c == ' ' || c < 0x20 || c == 0x7f) {
        buf_add_char(out, '_'); /* a blank; so is what would end a line */
    } else {
        buf_add_char(out, '=');
        buf_add_char(out, hex_digits[c >> 4]);
        buf_add_char(out, hex_digits[c & 15]);
    }
}

static void add_encoded_words(struct buf *out, struct str text) {
    static const struct str start = STR_INIT("=?UTF-8?Q?");
    size_t width = 0;
    while (text.len > 0) {
        struct str character = str_first(text, character_len(text));
        size_t len = encoded_len(character);
        if (width == 0 || width + len + 2 > ENCODED_WORD_MAX) {
            buf_add(out, width == 0 ? STR("") : STR("?= "));
            buf_add(out, start);
            width = start.len;
        }
        for (size_t i = 0; i < character.len; i++) {
            add_encoded_byte(out, (unsigned char)character.bytes[i]);
        }
        width += len;
        text = str_skip(text, character.len);
    }
    buf_add(out, STR("?="));
}

static void add_unstructured(struct buf *out, struct str text) {
    if (needs_encoding(text)) {
        add_encoded_words(out, text);
    } else {
        buf_add(out, text);
    }
}

static void add_mailbox(struct buf *out, const struct mailbox *box) {
    if (box->name.len > 0 && needs_encoding(box->name)) {
        add_encoded_words(out, box->name);
        buf_add_char(out, ' ');
    } else if (box->name.len > 0) {
        buf_add_char(out, '"');
        for (size_t i = 0; i < box->name.len; i++) {
            if (box->name.bytes[i] == '"' || box->name.bytes[i] == '\\') {
                buf_add_char(out, '\\');
            }
            buf_add_char(out, box->name.bytes[i]);
        }
        buf_add(out, STR("\" "));
    }
    buf_printf(out, "<" STR_FMT ">", STR_ARG(box->address));
}

/* --- headers --- */

static void add_date(struct buf *out, int64_t ms) {
    static const char *const days[] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct civil civil = civil_from_ms(ms);
    int64_t day = ms / 86400000; /* since Thursday, 1 January 1970 */
    buf_printf(out, "%s, %d %s %04d %02d:%02d:%02d +0000", days[day % 7], civil.day,
               months[civil.month - 1], civil.year, civil.hour, civil.minute, civil.second);
}

/* A conversation's root is a message that nobody ever sent: readers group by it all the same. */
static struct str thread_id(struct cx *cx, const struct mail_message *message) {
    uint8_t hash[SHA256_SIZE];
    char hex[SHA256_HEX];
    struct str names = arena_printf(cx->arena, STR_FMT " " STR_FMT, STR_ARG(message->to.address),
                                    STR_ARG(message->thread));
    sha256(names, hash);
    str_hex(hash, sizeof hash, hex);
    return arena_printf(cx->arena, "<%.*s@" STR_FMT ">", (int)THREAD_HEX, hex,
                        STR_ARG(mail_address_domain(message->from.address)));
}

struct headers {
    struct cx *cx;
    struct str *lines;
    size_t count;
    struct buf line;
};

static struct buf *begin(struct headers *headers, const char *name) {
    buf_init(&headers->line, headers->cx->env, HEADER_MAX);
    buf_printf(&headers->line, "%s: ", name);
    return &headers->line;
}

static void end(struct headers *headers) {
    headers->lines[headers->count++] = buf_finish_in(&headers->line, headers->cx->arena);
}

static void put(struct headers *headers, const char *name, struct str value) {
    buf_add(begin(headers, name), value);
    end(headers);
}

static void put_envelope(struct headers *headers, const struct mail_message *message) {
    add_mailbox(begin(headers, "From"), &message->from);
    end(headers);
    add_mailbox(begin(headers, "To"), &message->to);
    end(headers);
    add_unstructured(begin(headers, "Subject"), message->subject);
    end(headers);
    add_date(begin(headers, "Date"), message->written_at);
    end(headers);
    buf_printf(begin(headers, "Message-ID"), "<" STR_FMT "@" STR_FMT ">", STR_ARG(message->id),
               STR_ARG(mail_address_domain(message->from.address)));
    end(headers);
    if (message->thread.len > 0) {
        struct str thread = thread_id(headers->cx, message);
        put(headers, "In-Reply-To", thread);
        put(headers, "References", thread);
    }
}

/* RFC 3834: no vacation notice answers; RFC 8058: one click, over TLS alone. */
static void put_manners(struct headers *headers, const struct mail_message *message) {
    put(headers, "Auto-Submitted", STR("auto-generated"));
    put(headers, "X-Auto-Response-Suppress", STR("All"));
    buf_printf(begin(headers, "Feedback-ID"), STR_FMT ":" STR_FMT ":turnpike",
               STR_ARG(message->kind), STR_ARG(mail_address_domain(message->from.address)));
    end(headers);
    if (message->unsubscribe_url.len > 0) {
        buf_printf(begin(headers, "List-Unsubscribe"), "<" STR_FMT ">",
                   STR_ARG(message->unsubscribe_url));
        end(headers);
        if (str_starts_with(message->unsubscribe_url, STR("https://"))) {
            put(headers, "List-Unsubscribe-Post", STR("List-Unsubscribe=One-Click"));
        }
    }
}

struct err message_headers(struct cx *cx, const struct mail_message *message, struct str *ret_lines,
                           size_t *ret_count) {
    struct headers headers = {.cx = cx, .lines = ret_lines};
    put_envelope(&headers, message);
    put_manners(&headers, message);
    put(&headers, "Content-Language", message->language);
    put(&headers, "MIME-Version", STR("1.0"));
    buf_printf(begin(&headers, "Content-Type"), "multipart/alternative; boundary=\"=_" STR_FMT "\"",
               STR_ARG(message->id));
    end(&headers);
    *ret_count = headers.count;
    return arena_failed(cx->arena) ? ERR(ERR_NO_MEMORY) : OK;
}

/* --- on the wire --- */

/* Folds at blanks (RFC 5322 2.2.3): a word that is longer than a line has one to itself. */
static void add_folded(struct buf *out, struct str line) {
    struct str rest = line;
    struct str word = str_cut(&rest, ' ');
    size_t width = word.len;
    buf_add(out, word);
    while (rest.bytes != NULL) {
        word = str_cut(&rest, ' ');
        bool fits = word.len == 0 || width + 1 + word.len <= MESSAGE_LINE_MAX;
        buf_add(out, fits ? STR(" ") : STR("\r\n "));
        buf_add(out, word);
        width = (fits ? width : 0) + 1 + word.len;
    }
    buf_add(out, STR("\r\n"));
}

/* Whether the blank at `at` is the last of its line, and would be lost on the way. */
static bool is_last_blank(struct str text, size_t at) {
    return (text.bytes[at] == ' ' || text.bytes[at] == '\t') &&
           (at + 1 == text.len || text.bytes[at + 1] == '\n');
}

void message_quote(struct buf *out, struct str text) {
    size_t width = 0;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.bytes[i];
        if (c == '\n') {
            buf_add(out, STR("\r\n"));
            width = 0;
            continue;
        }
        bool is_plain = (is_printable(c) || c == '\t') && c != '=' && !is_last_blank(text, i);
        size_t len = is_plain ? 1 : 3;
        if (width + len > MESSAGE_LINE_MAX - 1) { /* room for the "=" that says it goes on */
            buf_add(out, STR("=\r\n"));
            width = 0;
        }
        if (is_plain) {
            buf_add_char(out, (char)c);
        } else {
            buf_add_char(out, '=');
            buf_add_char(out, hex_digits[c >> 4]);
            buf_add_char(out, hex_digits[c & 15]);
        }
        width += len;
    }
}

static void add_part(struct buf *out, struct str id, const char *type, struct str body) {
    buf_printf(out,
               "--=_" STR_FMT "\r\nContent-Type: %s; charset=utf-8\r\n"
               "Content-Transfer-Encoding: quoted-printable\r\n\r\n",
               STR_ARG(id), type);
    message_quote(out, body);
    buf_add(out, STR("\r\n"));
}

struct err message_write(struct cx *cx, const struct mail_message *message, struct buf *out) {
    struct str lines[MESSAGE_HEADERS_MAX];
    size_t count = 0;
    TRY(message_headers(cx, message, lines, &count));
    for (size_t i = 0; i < count; i++) {
        add_folded(out, lines[i]);
    }
    buf_add(out, STR("\r\n"));
    add_part(out, message->id, "text/plain", message->text);
    add_part(out, message->id, "text/html", message->html);
    buf_printf(out, "--=_" STR_FMT "--\r\n", STR_ARG(message->id));
    return out->has_failed ? ERR(ERR_TOO_LARGE) : OK;
}
