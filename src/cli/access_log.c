#include "cli/access_log.h"

#include "base/limits.h"
#include "base/rfc3339.h"

/* Where the reading stands, and the first thing that was wrong. */
struct reader {
    struct str line;
    size_t at;
    struct access_log_problem problem; /* reason NULL: none */
};

static bool fail(struct reader *reader, size_t at, const char *reason) {
    reader->problem = (struct access_log_problem){reason, at + 1};
    return false;
}

static bool is_over(const struct reader *reader) {
    return reader->at >= reader->line.len;
}

static bool skip(struct reader *reader, char c) {
    if (is_over(reader) || reader->line.bytes[reader->at] != c) {
        return false;
    }
    reader->at++;
    return true;
}

/* The text up to the next blank, and the blank. */
static bool word(struct reader *reader, const char *missing, struct str *ret_word) {
    struct str rest = str_skip(reader->line, reader->at);
    size_t len = str_find(rest, ' ');
    if (len == 0 || len == rest.len) {
        return fail(reader, reader->at + len, missing);
    }
    *ret_word = str_first(rest, len);
    reader->at += len + 1;
    return true;
}

/* The reasons for which a quoted field is not there. */
struct quoted_reasons {
    const char *missing, *open;
};

static bool quoted(struct reader *reader, struct quoted_reasons reasons, struct str *ret_text) {
    if (!skip(reader, '"')) {
        return fail(reader, reader->at, reasons.missing);
    }
    size_t from = reader->at;
    while (!is_over(reader) && reader->line.bytes[reader->at] != '"') {
        bool is_escape = reader->line.bytes[reader->at] == '\\';
        reader->at += is_escape ? 2 : 1;
    }
    if (is_over(reader)) {
        return fail(reader, reader->line.len, reasons.open);
    }
    *ret_text = str_of(reader->line.bytes + from, reader->at - from);
    reader->at++;
    return true;
}

/* --- time --- */

/* `len` digits at `*at` of a text that is long enough. */
static bool digits(struct str text, size_t *at, size_t len, int *ret_number) {
    int number = 0;
    for (size_t i = 0; i < len; i++) {
        char c = text.bytes[(*at)++];
        if (c < '0' || c > '9') {
            return false;
        }
        number = number * 10 + (c - '0');
    }
    *ret_number = number;
    return true;
}

/* Log times are written in the C locale whatever the server's language is. */
static bool month(struct str text, size_t *at, int *ret_month) {
    static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    struct str name = str_of(text.bytes + *at, 3);
    *at += 3;
    for (int i = 0; i < 12; i++) {
        if (str_equal(name, str_of(names + 3 * i, 3))) {
            *ret_month = i + 1;
            return true;
        }
    }
    return false;
}

static bool is_real(const struct civil *civil, int offset_hour, int offset_minute) {
    return civil->year >= 1 && civil->day >= 1 &&
           civil->day <= civil_days_in_month(civil->year, civil->month) && civil->hour < 24 &&
           civil->minute < 60 && civil->second < 60 && offset_hour < 24 && offset_minute < 60;
}

/* "17/May/2015:10:05:03 +0200" */
static bool instant(struct str text, int64_t *ret_ms) {
    enum { TIME_LEN = 26 };
    struct civil civil = {0};
    int offset_hour = 0;
    int offset_minute = 0;
    size_t at = 0;
    if (text.len != TIME_LEN || text.bytes[2] != '/' || text.bytes[6] != '/' ||
        text.bytes[11] != ':' || text.bytes[14] != ':' || text.bytes[17] != ':' ||
        text.bytes[20] != ' ' || (text.bytes[21] != '+' && text.bytes[21] != '-')) {
        return false;
    }
    bool is_good = digits(text, &at, 2, &civil.day);
    at++;
    is_good = is_good && month(text, &at, &civil.month);
    at++;
    is_good = is_good && digits(text, &at, 4, &civil.year);
    at++;
    is_good = is_good && digits(text, &at, 2, &civil.hour);
    at++;
    is_good = is_good && digits(text, &at, 2, &civil.minute);
    at++;
    is_good = is_good && digits(text, &at, 2, &civil.second);
    at += 2;
    is_good = is_good && digits(text, &at, 2, &offset_hour) && digits(text, &at, 2, &offset_minute);
    if (!is_good || !is_real(&civil, offset_hour, offset_minute)) {
        return false;
    }
    int64_t offset_ms = ((int64_t)offset_hour * 60 + offset_minute) * 60 * 1000;
    *ret_ms = civil_to_ms(civil) + (text.bytes[21] == '+' ? -offset_ms : offset_ms);
    return true;
}

/* --- fields --- */

/* The client, two names (of identd and of HTTP's authentication, the second with blanks if the user
 * has them) and the time in its brackets. */
static bool head(struct reader *reader, struct access_log_line *line) {
    struct str identity;
    if (!word(reader, "the client's address is missing", &line->client) ||
        !word(reader, "the field behind the address is missing", &identity)) {
        return false;
    }
    while (!is_over(reader) && !str_starts_with(str_skip(reader->line, reader->at), STR(" ["))) {
        reader->at++;
    }
    if (is_over(reader)) {
        return fail(reader, reader->line.len, "the time in brackets is missing");
    }
    reader->at += 2;
    struct str rest = str_skip(reader->line, reader->at);
    size_t len = str_find(rest, ']');
    if (len == rest.len) {
        return fail(reader, reader->line.len, "the time has no closing bracket");
    }
    if (!instant(str_first(rest, len), &line->at_ms)) {
        return fail(reader, reader->at, "the time does not read like 17/May/2015:10:05:03 +0000");
    }
    reader->at += len + 1;
    return skip(reader, ' ') ||
           fail(reader, reader->at, "a blank is missing between the time and the request");
}

static bool request(struct reader *reader, struct access_log_line *line) {
    static const struct quoted_reasons reasons = {
        "the request in quotes is missing",
        "the request has no closing quote",
    };
    struct str text;
    if (!quoted(reader, reasons, &text)) {
        return false;
    }
    struct str rest = text;
    struct str method = str_cut(&rest, ' ');
    struct str target = str_cut(&rest, ' ');
    if (str_starts_with(rest, STR("HTTP/"))) {
        line->method = method;
        line->target = target;
    }
    return skip(reader, ' ') || fail(reader, reader->at, "the status is missing");
}

static bool status(struct reader *reader, struct access_log_line *line) {
    size_t at = reader->at;
    struct str text;
    if (!word(reader, "the bytes sent are missing", &text)) {
        return false;
    }
    size_t from = 0;
    return (text.len == 3 && digits(text, &from, 3, &line->status)) ||
           fail(reader, at, "the status is not three digits");
}

static bool bytes_sent(struct reader *reader, struct access_log_line *line) {
    size_t at = reader->at;
    struct str text;
    if (!word(reader, "the referer is missing: this is not the combined format", &text)) {
        return false;
    }
    bool is_number = str_equal(text, STR("-")) || (str_to_i64(text, &line->bytes) &&
                                                   line->bytes >= 0 && line->bytes <= LIMIT_AMOUNT);
    return is_number || fail(reader, at, "the bytes sent are neither a number up to 2^53 nor -");
}

static bool tail(struct reader *reader, struct access_log_line *line) {
    static const struct quoted_reasons referer = {
        "the referer in quotes is missing",
        "the referer has no closing quote",
    };
    static const struct quoted_reasons agent = {
        "the user agent in quotes is missing",
        "the user agent has no closing quote",
    };
    struct str text;
    if (!quoted(reader, referer, &text)) {
        return false;
    }
    if (!skip(reader, ' ')) {
        return fail(reader, reader->at, agent.missing);
    }
    if (!quoted(reader, agent, &text)) {
        return false;
    }
    line->combined = str_first(reader->line, reader->at);
    return is_over(reader) || skip(reader, ' ') ||
           fail(reader, reader->at, "a blank is missing behind the user agent");
}

bool access_log_parse(struct str text, struct access_log_line *ret_line,
                      struct access_log_problem *ret_problem) {
    if (str_ends_with(text, STR("\r"))) {
        text.len--;
    }
    struct reader reader = {.line = text};
    struct access_log_line line = {0};
    if (text.len == 0) {
        *ret_problem = (struct access_log_problem){"the line is empty", 1};
        return false;
    }
    if (!head(&reader, &line) || !request(&reader, &line) || !status(&reader, &line) ||
        !bytes_sent(&reader, &line) || !tail(&reader, &line)) {
        *ret_problem = reader.problem;
        return false;
    }
    *ret_line = line;
    return true;
}
