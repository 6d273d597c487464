// Rows out of a list of objects, by simdjson's reading on demand.
//
// On demand means that nothing is checked but what is looked at, so everything is looked at: every
// name, every value, the end of the text. A value is taken only where no two readers differ: text
// without escapes for characters by number, integers of 64 bits, words. Anything else, a name that
// comes twice or a value within a value, makes its item irregular; an error of simdjson's own makes
// the document so.
#include "base/json_scan.h"

#include <cstring>
#include <simdjson.h>
#include <utility>

namespace ondemand = simdjson::ondemand;

namespace {

enum class verdict { regular, irregular, broken };

struct names {
    const struct str *list;
    size_t count;
};

// Where the n-th member of the item before was found: most items are alike.
struct guess {
    size_t position[JSON_SCAN_NAMES];
};

struct scanner {
    const struct json_scan *scan;
    guess outer, inner;
    struct json_row row;
};

bool is_name(const struct str &name, std::string_view key) {
    return name.len == key.size() && std::memcmp(name.bytes, key.data(), name.len) == 0;
}

// The position of the name; names.count when it is none of them.
size_t find_name(const names &names, guess &guess, size_t member, std::string_view key) {
    size_t last = member < JSON_SCAN_NAMES ? guess.position[member] : names.count;
    if (last < names.count && is_name(names.list[last], key)) {
        return last;
    }
    size_t at = 0;
    while (at < names.count && !is_name(names.list[at], key)) {
        at++;
    }
    if (member < JSON_SCAN_NAMES) {
        guess.position[member] = at;
    }
    return at;
}

// The name as it lies, without its quotation marks; false when it is escaped.
bool key_of(ondemand::field &field, std::string_view &ret_key) {
    const char *begin = field.key().raw();
    const char *end = begin;
    while (*end != '"') {
        if (*end == '\\') {
            return false;
        }
        end++; // the first pass has seen the closing mark
    }
    ret_key = std::string_view(begin, static_cast<size_t>(end - begin));
    return true;
}

verdict take_escaped(ondemand::value &value, std::string_view inside, struct json_slot &slot) {
    for (size_t i = 0; i + 1 < inside.size(); i++) {
        if (inside[i] == '\\' && inside[i + 1] == 'u') {
            return verdict::irregular;
        }
        i += inside[i] == '\\' ? 1 : 0;
    }
    std::string_view text;
    if (value.get_string().get(text) != simdjson::SUCCESS) {
        return verdict::broken;
    }
    slot.is_passing = true;
    slot.text = str_of(text.data(), text.size());
    return verdict::regular;
}

verdict take_text(ondemand::value &value, struct json_slot &slot) {
    std::string_view token = value.raw_json_token(); // up to the next token
    size_t end = token.size();
    while (end > 1 && token[end - 1] != '"') {
        end--;
    }
    slot.kind = JSON_SLOT_TEXT;
    std::string_view inside = token.substr(1, end > 1 ? end - 2 : 0);
    if (!inside.empty() && std::memchr(inside.data(), '\\', inside.size()) != nullptr) {
        return take_escaped(value, inside, slot);
    }
    slot.text = str_of(inside.data(), inside.size());
    ondemand::raw_json_string passed;
    return value.get_raw_json_string().get(passed) == simdjson::SUCCESS ? verdict::regular
                                                                        : verdict::broken;
}

verdict take_integer(ondemand::value &value, struct json_slot &slot) {
    slot.kind = JSON_SLOT_INTEGER;
    return value.get_int64().get(slot.integer) == simdjson::SUCCESS ? verdict::regular
                                                                    : verdict::irregular;
}

verdict take_word(ondemand::value &value, struct json_slot &slot) {
    bool word = false;
    slot.kind = JSON_SLOT_OTHER;
    return value.get_bool().get(word) == simdjson::SUCCESS ? verdict::regular : verdict::irregular;
}

verdict take_null(ondemand::value &value, struct json_slot &slot) {
    bool is_null = false;
    slot.kind = JSON_SLOT_OTHER;
    return value.is_null().get(is_null) == simdjson::SUCCESS && is_null ? verdict::regular
                                                                        : verdict::irregular;
}

verdict take_scalar(ondemand::value &value, struct json_slot &slot) {
    ondemand::json_type type;
    if (value.type().get(type) != simdjson::SUCCESS) {
        return verdict::broken;
    }
    switch (type) {
    case ondemand::json_type::string:
        return take_text(value, slot);
    case ondemand::json_type::number:
        return take_integer(value, slot);
    case ondemand::json_type::boolean:
        return take_word(value, slot);
    case ondemand::json_type::null:
        return take_null(value, slot);
    case ondemand::json_type::object:
    case ondemand::json_type::array:
        break;
    }
    return verdict::irregular;
}

verdict take_inner(scanner &scanner, ondemand::value &value) {
    ondemand::object object;
    if (value.get_object().get(object) != simdjson::SUCCESS) {
        return verdict::irregular;
    }
    names names = {scanner.scan->inner, scanner.scan->inner_count};
    size_t member = 0;
    for (auto result : object) {
        ondemand::field field;
        std::string_view key;
        if (std::move(result).get(field) != simdjson::SUCCESS) {
            return verdict::broken;
        }
        size_t at = key_of(field, key) ? find_name(names, scanner.inner, member, key) : names.count;
        if (at == names.count || scanner.row.inner[at].kind != JSON_SLOT_ABSENT) {
            return verdict::irregular;
        }
        verdict verdict = take_scalar(field.value(), scanner.row.inner[at]);
        if (verdict != verdict::regular) {
            return verdict;
        }
        member++;
    }
    return verdict::regular;
}

bool add_extra(struct json_row &row, std::string_view key) {
    for (size_t i = 0; i < row.extra_count; i++) {
        if (is_name(row.extras[i], key)) {
            return false; // comes twice
        }
    }
    if (row.extra_count == JSON_SCAN_EXTRAS) {
        return false;
    }
    row.extras[row.extra_count++] = str_of(key.data(), key.size());
    return true;
}

verdict take_member(scanner &scanner, ondemand::field &field, size_t member) {
    names names = {scanner.scan->outer, scanner.scan->outer_count};
    std::string_view key;
    if (!key_of(field, key)) {
        return verdict::irregular;
    }
    size_t at = find_name(names, scanner.outer, member, key);
    if (at == names.count) {
        struct json_slot passed = {};
        return add_extra(scanner.row, key) ? take_scalar(field.value(), passed)
                                           : verdict::irregular;
    }
    struct json_slot &slot = scanner.row.outer[at];
    if (slot.kind != JSON_SLOT_ABSENT) {
        return verdict::irregular;
    }
    if (at != scanner.scan->nested) {
        return take_scalar(field.value(), slot);
    }
    slot.kind = JSON_SLOT_OBJECT;
    return take_inner(scanner, field.value());
}

void clear(scanner &scanner) {
    for (size_t i = 0; i < scanner.scan->outer_count; i++) {
        scanner.row.outer[i].kind = JSON_SLOT_ABSENT;
        scanner.row.outer[i].is_passing = false;
    }
    for (size_t i = 0; i < scanner.scan->inner_count; i++) {
        scanner.row.inner[i].kind = JSON_SLOT_ABSENT;
        scanner.row.inner[i].is_passing = false;
    }
    scanner.row.extra_count = 0;
    scanner.row.raw = str_of(nullptr, 0);
}

verdict take_members(scanner &scanner, ondemand::object &object) {
    size_t member = 0;
    for (auto result : object) {
        ondemand::field field;
        if (std::move(result).get(field) != simdjson::SUCCESS) {
            return verdict::broken;
        }
        verdict verdict = take_member(scanner, field, member++);
        if (verdict != verdict::regular) {
            return verdict;
        }
    }
    return verdict::regular;
}

bool hand_over(scanner &scanner) {
    return scanner.scan->row(scanner.scan->context, &scanner.row);
}

bool hand_over_raw(scanner &scanner, std::string_view text) {
    scanner.row.raw = str_of(text.data(), text.size());
    return hand_over(scanner);
}

bool take_object(scanner &scanner, ondemand::object &object) {
    clear(scanner);
    verdict verdict = take_members(scanner, object);
    if (verdict == verdict::regular) {
        return hand_over(scanner);
    }
    std::string_view text;
    return verdict == verdict::irregular && object.reset().error() == simdjson::SUCCESS &&
           object.raw_json().get(text) == simdjson::SUCCESS && hand_over_raw(scanner, text);
}

bool take_item(scanner &scanner, ondemand::value &item) {
    ondemand::object object;
    return item.get_object().get(object) == simdjson::SUCCESS && take_object(scanner, object);
}

bool is_over(ondemand::document &document) {
    return document.current_location().error() == simdjson::OUT_OF_BOUNDS;
}

bool take_list(scanner &scanner, ondemand::document &document) {
    ondemand::array array;
    if (document.get_array().get(array) != simdjson::SUCCESS) {
        return false;
    }
    for (auto result : array) {
        ondemand::value item;
        if (std::move(result).get(item) != simdjson::SUCCESS || !take_item(scanner, item)) {
            return false;
        }
    }
    return is_over(document);
}

bool take_single(scanner &scanner, ondemand::document &document) {
    ondemand::object object;
    return document.get_object().get(object) == simdjson::SUCCESS && take_object(scanner, object) &&
           is_over(document);
}

} // namespace

bool json_scan(const struct json_scan *scan, struct str text) {
    static thread_local ondemand::parser parser;
    static thread_local scanner scanner;
    ondemand::document document;
    ondemand::json_type type;
    scanner.scan = scan;
    if (text.len == 0 ||
        parser.iterate(text.bytes, text.len, text.len + JSON_SCAN_PADDING).get(document) !=
            simdjson::SUCCESS ||
        document.type().get(type) != simdjson::SUCCESS) {
        return false;
    }
    return type == ondemand::json_type::array ? take_list(scanner, document)
                                              : take_single(scanner, document);
}
