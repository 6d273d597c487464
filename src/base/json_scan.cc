// Rows out of a list of objects. simdjson's first stage finds where each token of a text begins,
// and has then seen that every string is closed, that no control character is in one, and that all
// of it is UTF-8. Here the tokens are walked, in one pass and without going back.
//
// A value is taken only where no two readers differ: texts without escapes for characters by
// number, integers of up to 18 digits, words. Anything else, a name that comes twice, a value
// within a value or a mark at the wrong place makes its item irregular, and it is handed over as it
// lies, up to the bracket that closes it. Between two tokens there are only blanks: whatever else
// follows a string or a blank begins a token of its own.
//
// A window begins where an item begins and ends behind a closing brace. Should that brace be within
// a string, the string is not closed and the first stage says so; should it close an inner object,
// tokens end within an item. The next window begins at this item, and is larger when it was the
// first.
#include "base/json_scan.h"

#include <cstring>
#include <memory>
#include <simdjson.h>

#include "base/check.h"

namespace {

using simdjson::internal::dom_parser_implementation;

enum class verdict {
    regular,
    irregular,
    cut, // the window ends within the item
    stop,
};

constexpr size_t NAME_BYTES = 16; // of a name and its closing mark
constexpr size_t DIGITS_MAX = 18; // whatever they are, 64 bits hold them

// The tokens of a window, and how far they were walked.
struct walk {
    const char *text, *text_end;
    const uint32_t *token, *token_end; // offsets in `text`
    const char *backslash;             // the first at or behind the place that was asked about last
};

char mark(const walk &walk) {
    return walk.text[*walk.token];
}

bool is_blank(char c) {
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

// --- names ---

bool is_name(const struct str &name, struct str key) {
    return name.len == key.len && std::memcmp(name.bytes, key.bytes, name.len) == 0;
}

// A key as its first bytes, whatever comes behind it.
struct words {
    uint64_t low, high;
};

words words_of(const char *bytes) {
    words words;
    std::memcpy(&words, bytes, NAME_BYTES);
    return words;
}

words words_at(const walk &walk, const char *key) {
    size_t left = static_cast<size_t>(walk.text_end - key);
    if (left >= NAME_BYTES) {
        return words_of(key);
    }
    char bytes[NAME_BYTES] = {};
    std::memcpy(bytes, key, left);
    return words_of(bytes);
}

bool is_name(const struct json_scan_name &name, words key) {
    return (((key.low ^ name.words[0]) & name.masks[0]) |
            ((key.high ^ name.words[1]) & name.masks[1])) == 0;
}

// The position of the name; level.count when it is none of them.
size_t find_name(struct json_scan_level &level, size_t member, words key) {
    size_t last = member < JSON_SCAN_NAMES ? level.guess[member] : level.count;
    if (last < level.count && is_name(level.names[last], key)) {
        return last;
    }
    size_t at = 0;
    while (at < level.count && !is_name(level.names[at], key)) {
        at++;
    }
    if (member < JSON_SCAN_NAMES) {
        level.guess[member] = static_cast<uint8_t>(at);
    }
    return at;
}

void prepare(struct json_scan_level &level, const struct str *names, size_t count) {
    check(count <= JSON_SCAN_NAMES);
    level.count = count;
    std::memset(level.guess, JSON_SCAN_NAMES, sizeof level.guess); // none
    for (size_t i = 0; i < count; i++) {
        check(names[i].len <= JSON_SCAN_NAME);
        char bytes[NAME_BYTES] = {};
        char bits[NAME_BYTES] = {};
        std::memcpy(bytes, names[i].bytes, names[i].len);
        bytes[names[i].len] = '"';
        std::memset(bits, 0xff, names[i].len + 1);
        std::memcpy(level.names[i].words, bytes, NAME_BYTES);
        std::memcpy(level.names[i].masks, bits, NAME_BYTES);
        level.guess[i] = static_cast<uint8_t>(i);
    }
}

// --- values ---

bool has_backslash(walk &walk, struct str inside) {
    if (walk.backslash < inside.bytes) {
        size_t left = static_cast<size_t>(walk.text_end - inside.bytes);
        const void *found = std::memchr(inside.bytes, '\\', left);
        walk.backslash = found == nullptr ? walk.text_end : static_cast<const char *>(found);
    }
    return walk.backslash < inside.bytes + inside.len;
}

// What lies between the marks of the string that is this token; another token follows it.
struct str inside_of(const walk &walk, const uint32_t *token) {
    const char *begin = walk.text + token[0] + 1;
    const char *end = walk.text + token[1] - 1;
    while (*end != '"') {
        end--;
    }
    return str_of(begin, static_cast<size_t>(end - begin));
}

// What a backslash and this letter stand for; NUL when that is not plain.
char escaped(char letter) {
    static const char letters[] = "\"\\/bfnrt";
    static const char meanings[] = "\"\\/\b\f\n\r\t";
    const char *at = letter == '\0' ? nullptr : std::strchr(letters, letter);
    return at == nullptr ? '\0' : meanings[at - letters];
}

verdict take_escaped(struct json_scanner &scanner, struct str inside, struct json_slot &slot) {
    if (inside.len > JSON_SCAN_ESCAPED - scanner.unescaped_len) {
        return verdict::irregular;
    }
    char *begin = scanner.unescaped + scanner.unescaped_len;
    char *out = begin;
    for (size_t i = 0; i < inside.len; i++) {
        bool is_escape = inside.bytes[i] == '\\'; // and a letter follows: the string is closed
        i += is_escape ? 1 : 0;
        *out = is_escape ? escaped(inside.bytes[i]) : inside.bytes[i];
        if (*out++ == '\0') {
            return verdict::irregular;
        }
    }
    slot.is_passing = true;
    slot.text = str_of(begin, static_cast<size_t>(out - begin));
    scanner.unescaped_len += slot.text.len;
    return verdict::regular;
}

verdict take_text(struct json_scanner &scanner, walk &walk, struct json_slot &slot) {
    struct str inside = inside_of(walk, walk.token);
    walk.token++;
    slot.kind = JSON_SLOT_TEXT;
    if (has_backslash(walk, inside)) {
        return take_escaped(scanner, inside, slot);
    }
    slot.is_passing = false;
    slot.text = inside;
    return verdict::regular;
}

// The present token ends before `at`, and nothing but blanks comes until the next.
bool ends_at(const walk &walk, const char *at) {
    return at == walk.text + walk.token[1] || is_blank(*at);
}

// RFC 8259: no leading zeros. A digit's end is seen in time: a mark follows. False when it is no
// integer that is surely held.
bool read_integer(const walk &walk, const uint32_t *token, struct json_slot &slot) {
    const char *at = walk.text + token[0];
    const char *next = walk.text + token[1];
    bool is_negative = *at == '-';
    at += is_negative ? 1 : 0;
    const char *first = at;
    uint64_t value = 0;
    for (; *at >= '0' && *at <= '9'; at++) {
        value = value * 10 + static_cast<uint64_t>(*at - '0');
    }
    size_t digits = static_cast<size_t>(at - first);
    if (digits == 0 || digits > DIGITS_MAX || (*first == '0' && digits > 1) ||
        (at != next && !is_blank(*at))) {
        return false;
    }
    slot.kind = JSON_SLOT_INTEGER;
    slot.integer = is_negative ? -static_cast<int64_t>(value) : static_cast<int64_t>(value);
    return true;
}

verdict take_integer(walk &walk, struct json_slot &slot) {
    if (!read_integer(walk, walk.token, slot)) {
        return verdict::irregular;
    }
    walk.token++;
    return verdict::regular;
}

verdict take_word(walk &walk, struct json_slot &slot) {
    static const struct str words[] = {STR_INIT("true"), STR_INIT("false"), STR_INIT("null")};
    const char *at = walk.text + *walk.token;
    size_t room = walk.token[1] - walk.token[0];
    for (const struct str &word : words) {
        if (room >= word.len && std::memcmp(at, word.bytes, word.len) == 0 &&
            ends_at(walk, at + word.len)) {
            walk.token++;
            slot.kind = JSON_SLOT_OTHER;
            return verdict::regular;
        }
    }
    return verdict::irregular;
}

verdict take_scalar(struct json_scanner &scanner, walk &walk, struct json_slot &slot) {
    if (walk.token_end - walk.token < 2) {
        return verdict::cut;
    }
    char first = mark(walk);
    if (first == '"') {
        return take_text(scanner, walk, slot);
    }
    return first == '-' || (first >= '0' && first <= '9') ? take_integer(walk, slot)
                                                          : take_word(walk, slot);
}

// --- objects ---

// A member's name and the colon; what follows is its value.
verdict take_key(walk &walk, const char *&ret_key) {
    if (walk.token_end - walk.token < 3) {
        return verdict::cut;
    }
    if (mark(walk) != '"' || walk.text[walk.token[1]] != ':') {
        return verdict::irregular;
    }
    ret_key = walk.text + *walk.token + 1;
    return verdict::regular;
}

// Whether a member follows the one that was taken (`member` of them) or the object's end was.
verdict take_separator(walk &walk, size_t member, bool &ret_is_over) {
    if (walk.token == walk.token_end) {
        return verdict::cut;
    }
    char found = mark(walk);
    ret_is_over = found == '}';
    if (found == '}' || (member > 0 && found == ',')) {
        walk.token++;
        return verdict::regular;
    }
    return member == 0 && found == '"' ? verdict::regular : verdict::irregular;
}

// A text without escapes, or an integer.
bool read_usual(walk &walk, const uint32_t *token, struct json_slot &slot) {
    if (walk.text[*token] != '"') {
        return read_integer(walk, token, slot);
    }
    struct str inside = inside_of(walk, token);
    if (has_backslash(walk, inside)) {
        return false;
    }
    slot.kind = JSON_SLOT_TEXT;
    slot.is_passing = false;
    slot.text = inside;
    return true;
}

// What most members are, from this one on: the name that stood there in the item before, and a
// value that is usual. How far they went; the walk stands where the first begins that is anything
// else. It is walked in a copy, which nothing that is stored meanwhile can be a part of.
size_t take_usual(walk &walk, const struct json_scan_level &level, struct json_slot *slots,
                  size_t member) {
    struct walk here = walk;
    const char *const text = here.text;
    const uint32_t *token = here.token + (member > 0 ? 1 : 0); // of the name
    for (; member < JSON_SCAN_NAMES && here.token_end - token >= 4; member++, token += 4) {
        size_t at = level.guess[member];
        const char *key = text + token[0];
        if (at >= level.count || (member > 0 && text[token[-1]] != ',') || *key != '"' ||
            static_cast<size_t>(here.text_end - key) <= NAME_BYTES ||
            !is_name(level.names[at], words_of(key + 1)) || text[token[1]] != ':' ||
            slots[at].kind != JSON_SLOT_ABSENT || !read_usual(here, token + 2, slots[at])) {
            break;
        }
    }
    walk.token = token - (member > 0 ? 1 : 0);
    walk.backslash = here.backslash;
    return member;
}

// All members of the object that begins here, those that are not usual by `take`.
template <verdict (*take)(struct json_scanner &, walk &, size_t)>
verdict take_members(struct json_scanner &scanner, walk &walk, const struct json_scan_level &level,
                     struct json_slot *slots) {
    walk.token++;
    for (size_t member = 0;; member++) {
        member = take_usual(walk, level, slots, member);
        bool is_over = false;
        verdict found = take_separator(walk, member, is_over);
        if (found != verdict::regular || is_over) {
            return found;
        }
        found = take(scanner, walk, member);
        if (found != verdict::regular) {
            return found;
        }
    }
}

verdict take_inner_member(struct json_scanner &scanner, walk &walk, size_t member) {
    const char *key = nullptr;
    verdict found = take_key(walk, key);
    if (found != verdict::regular) {
        return found;
    }
    size_t at = find_name(scanner.inner, member, words_at(walk, key));
    if (at == scanner.inner.count || scanner.row.inner[at].kind != JSON_SLOT_ABSENT) {
        return verdict::irregular;
    }
    walk.token += 2;
    return take_scalar(scanner, walk, scanner.row.inner[at]);
}

verdict take_inner(struct json_scanner &scanner, walk &walk) {
    return mark(walk) == '{'
               ? take_members<take_inner_member>(scanner, walk, scanner.inner, scanner.row.inner)
               : verdict::irregular;
}

// False when it comes twice, is escaped, or is one too many.
bool add_extra(struct json_row &row, walk &walk) {
    struct str key = inside_of(walk, walk.token);
    if (has_backslash(walk, key) || row.extra_count == JSON_SCAN_EXTRAS) {
        return false;
    }
    for (size_t i = 0; i < row.extra_count; i++) {
        if (is_name(row.extras[i], key)) {
            return false;
        }
    }
    row.extras[row.extra_count++] = key;
    return true;
}

verdict take_member(struct json_scanner &scanner, walk &walk, size_t member) {
    const char *key = nullptr;
    verdict found = take_key(walk, key);
    if (found != verdict::regular) {
        return found;
    }
    size_t at = find_name(scanner.outer, member, words_at(walk, key));
    if (at == scanner.outer.count) {
        struct json_slot passed;
        bool is_fine = add_extra(scanner.row, walk);
        walk.token += 2;
        return is_fine ? take_scalar(scanner, walk, passed) : verdict::irregular;
    }
    struct json_slot &slot = scanner.row.outer[at];
    if (slot.kind != JSON_SLOT_ABSENT) {
        return verdict::irregular;
    }
    walk.token += 2;
    if (at != scanner.scan.nested) {
        return take_scalar(scanner, walk, slot);
    }
    slot.kind = JSON_SLOT_OBJECT;
    return take_inner(scanner, walk);
}

void clear(struct json_scanner &scanner) {
    struct json_row &row = scanner.row;
    for (size_t i = 0; i < scanner.outer.count; i++) {
        row.outer[i].kind = JSON_SLOT_ABSENT;
    }
    for (size_t i = 0; i < scanner.inner.count; i++) {
        row.inner[i].kind = JSON_SLOT_ABSENT;
    }
    row.extra_count = 0;
    row.raw = str_of(nullptr, 0);
    scanner.unescaped_len = 0;
}

// Moves behind the bracket that closes the one at the present token.
bool skip_item(walk &walk) {
    size_t depth = 0;
    for (; walk.token < walk.token_end; walk.token++) {
        char found = mark(walk);
        depth += found == '{' || found == '[' ? 1 : 0;
        depth -= found == '}' || found == ']' ? 1 : 0;
        if (depth == 0) {
            walk.token++;
            return true;
        }
    }
    return false;
}

bool hand_over(struct json_scanner &scanner) {
    return scanner.scan.row(scanner.scan.context, &scanner.row);
}

// The item at the present token. After `cut` the walk stands where it stood.
verdict take_item(struct json_scanner &scanner, walk &walk) {
    if (mark(walk) != '{') {
        return verdict::stop;
    }
    const uint32_t *first = walk.token;
    clear(scanner);
    verdict found = take_members<take_member>(scanner, walk, scanner.outer, scanner.row.outer);
    if (found == verdict::irregular) {
        walk.token = first;
        found = skip_item(walk) ? verdict::irregular : verdict::cut;
    }
    if (found == verdict::cut) {
        walk.token = first;
        return found;
    }
    if (found == verdict::irregular) {
        const char *begin = walk.text + *first;
        const char *end = walk.text + walk.token[-1] + 1;
        scanner.row.raw = str_of(begin, static_cast<size_t>(end - begin));
    }
    return hand_over(scanner) ? verdict::regular : verdict::stop;
}

// --- the list ---

// Whether the mark leads on, and to which place; items are taken elsewhere.
bool pass_mark(struct json_scanner &scanner, walk &walk) {
    char found = mark(walk);
    enum json_scan_place next = JSON_SCAN_START;
    if (scanner.place == JSON_SCAN_START && found == '[') {
        next = JSON_SCAN_FIRST;
    } else if (scanner.place == JSON_SCAN_BETWEEN && found == ',') {
        next = JSON_SCAN_ITEM;
    } else if ((scanner.place == JSON_SCAN_BETWEEN || scanner.place == JSON_SCAN_FIRST) &&
               found == ']') {
        next = JSON_SCAN_END;
    } else {
        return false;
    }
    scanner.place = next;
    walk.token++;
    return true;
}

bool is_item_due(const struct json_scanner &scanner, const walk &walk) {
    return scanner.place == JSON_SCAN_ITEM ||
           (mark(walk) == '{' &&
            (scanner.place == JSON_SCAN_START || scanner.place == JSON_SCAN_FIRST));
}

// `regular` when all tokens are used up.
verdict take_tokens(struct json_scanner &scanner, walk &walk) {
    while (walk.token < walk.token_end) {
        if (!is_item_due(scanner, walk)) {
            if (!pass_mark(scanner, walk)) {
                return verdict::stop;
            }
            continue;
        }
        verdict found = take_item(scanner, walk);
        if (found != verdict::regular) {
            return found;
        }
        scanner.place = scanner.place == JSON_SCAN_START ? JSON_SCAN_END : JSON_SCAN_BETWEEN;
    }
    return verdict::regular;
}

// --- windows ---

// How much of the rest is read now: all, or up to a closing brace; 0 when the window has none.
size_t window_of(const struct json_scanner &scanner) {
    if (scanner.rest.len <= scanner.window) {
        return scanner.rest.len;
    }
    size_t len = scanner.window;
    while (len > 0 && scanner.rest.bytes[len - 1] != '}') {
        len--;
    }
    return len;
}

// Kept for each thread: the places of a window's tokens. One that had to be larger is not kept.
using finder = std::unique_ptr<dom_parser_implementation>;

bool find_tokens(finder &finder, struct str text) {
    size_t capacity = text.len > JSON_SCAN_WINDOW ? text.len : size_t{JSON_SCAN_WINDOW};
    if (finder == nullptr &&
        simdjson::get_active_implementation()->create_dom_parser_implementation(
            capacity, 1, finder) != simdjson::SUCCESS) {
        return false;
    }
    return finder->stage1(reinterpret_cast<const uint8_t *>(text.bytes), text.len,
                          simdjson::stage1_mode::regular) == simdjson::SUCCESS;
}

enum json_scanned widen(struct json_scanner &scanner, bool is_last) {
    scanner.window *= 2;
    return is_last ? JSON_SCANNED_LEFT : JSON_SCANNED_SOME;
}

enum json_scanned take_window(struct json_scanner &scanner, finder &finder, size_t len) {
    bool is_last = len == scanner.rest.len;
    if (!find_tokens(finder, str_of(scanner.rest.bytes, len))) {
        return widen(scanner, is_last);
    }
    const uint32_t *tokens = finder->structural_indexes.get();
    walk walk = {scanner.rest.bytes, scanner.rest.bytes + len, tokens,
                 tokens + finder->n_structural_indexes, nullptr};
    verdict found = take_tokens(scanner, walk);
    if (found == verdict::stop || (is_last && found == verdict::cut)) {
        return JSON_SCANNED_LEFT;
    }
    if (is_last) {
        return scanner.place == JSON_SCAN_END ? JSON_SCANNED_ALL : JSON_SCANNED_LEFT;
    }
    size_t used = found == verdict::cut ? *walk.token : len;
    if (used == 0) {
        return widen(scanner, false);
    }
    scanner.rest = str_of(scanner.rest.bytes + used, scanner.rest.len - used);
    scanner.window = JSON_SCAN_WINDOW;
    return JSON_SCANNED_SOME;
}

} // namespace

void json_scan_begin(struct json_scanner *scanner, const struct json_scan *scan, struct str text) {
    scanner->scan = *scan;
    prepare(scanner->outer, scan->outer, scan->outer_count);
    prepare(scanner->inner, scan->inner, scan->inner_count);
    json_scan_again(scanner, text);
}

void json_scan_again(struct json_scanner *scanner, struct str text) {
    scanner->rest = text;
    scanner->window = JSON_SCAN_PEEK;
    scanner->place = JSON_SCAN_START;
}

enum json_scanned json_scan_step(struct json_scanner *scanner) {
    static thread_local finder kept;
    size_t len = window_of(*scanner);
    if (scanner->rest.len == 0) {
        return JSON_SCANNED_LEFT;
    }
    if (len == 0) {
        return widen(*scanner, false);
    }
    if (len <= JSON_SCAN_WINDOW) {
        return take_window(*scanner, kept, len);
    }
    finder once;
    return take_window(*scanner, once, len);
}
