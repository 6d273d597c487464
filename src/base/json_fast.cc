// Text to jansson's values by way of simdjson: it finds what a text holds some ten times sooner than
// jansson's own reader, which looks at every byte alone.
//
// Nothing is refused here. Whatever is not plainly right comes back as NULL, and jansson, asked
// again, says what is wrong and where; so there is one voice, and one definition of JSON. The parser
// is kept for each thread and grows to the largest text that it has seen.
#include "base/json_fast.h"

#include <cstring>
#include <simdjson.h>

namespace dom = simdjson::dom;

namespace {

// NUL inside a name or string, which C would not see the end of.
bool has_nul(std::string_view text) {
    return std::memchr(text.data(), '\0', text.size()) != nullptr;
}

json_t *value_of(dom::element element);

json_t *string_of(std::string_view text) {
    return has_nul(text) ? nullptr : json_stringn_nocheck(text.data(), text.size());
}

// Fails on a value that is left to jansson, and on the second of two members of one name.
bool add_member(json_t *object, const dom::key_value_pair &field) {
    if (has_nul(field.key)) {
        return false;
    }
    json_t *value = value_of(field.value);
    return value != nullptr &&
           json_object_setn_new_nocheck(object, field.key.data(), field.key.size(), value) == 0;
}

json_t *object_of(const dom::object &members) {
    json_t *object = json_object();
    size_t count = 0;
    for (dom::key_value_pair field : members) {
        count++;
        if (object == nullptr || !add_member(object, field) || json_object_size(object) != count) {
            json_decref(object);
            return nullptr;
        }
    }
    return object;
}

json_t *array_of(const dom::array &items) {
    json_t *array = json_array();
    for (dom::element item : items) {
        json_t *value = array == nullptr ? nullptr : value_of(item);
        if (value == nullptr || json_array_append_new(array, value) != 0) {
            json_decref(array);
            return nullptr;
        }
    }
    return array;
}

json_t *value_of(dom::element element) {
    switch (element.type()) {
    case dom::element_type::OBJECT:
        return object_of(element.get_object().value_unsafe());
    case dom::element_type::ARRAY:
        return array_of(element.get_array().value_unsafe());
    case dom::element_type::STRING:
        return string_of(element.get_string().value_unsafe());
    case dom::element_type::INT64:
        return json_integer(element.get_int64().value_unsafe());
    case dom::element_type::DOUBLE:
        return json_real(element.get_double().value_unsafe());
    case dom::element_type::BOOL:
        return json_boolean(element.get_bool().value_unsafe());
    case dom::element_type::NULL_VALUE:
        return json_null();
    case dom::element_type::UINT64: // only what exceeds INT64_MAX
        break;
    }
    return nullptr;
}

// The parser's room is made by us, since its own default would follow any text to any depth.
bool make_room(dom::parser &parser, size_t len, size_t depth_max) {
    bool is_enough = parser.capacity() >= len && parser.max_depth() == depth_max;
    return is_enough || parser.allocate(len, depth_max) == simdjson::SUCCESS;
}

} // namespace

json_t *json_fast_read(const char *bytes, size_t len, size_t depth_max) {
    static thread_local dom::parser parser(JSON_FAST_MAX);
    dom::element element;
    if (len == 0 || len > JSON_FAST_MAX || !make_room(parser, len, depth_max) ||
        parser.parse(bytes, len).get(element) != simdjson::SUCCESS) {
        return nullptr;
    }
    return value_of(element);
}
