// wabt's interpreter behind engine.h: the one file of the example that is C++.
#include "examples/wasm_host/engine.h"

#include "wabt/binary-reader.h"
#include "wabt/error.h"
#include "wabt/interp/binary-reader-interp.h"
#include "wabt/interp/interp.h"

using namespace wabt;
using namespace wabt::interp;

struct engine {
    Store store;
    Instance::Ptr instance;
    Func::Ptr run;
};

static Func::Ptr find_run(engine &made, const ModuleDesc &desc) {
    for (size_t i = 0; i < desc.exports.size(); i++) {
        const ExportType &type = desc.exports[i].type;
        if (type.name == "run" && type.type->kind == ExternKind::Func) {
            return made.store.UnsafeGet<Func>(made.instance->exports()[i]);
        }
    }
    return {};
}

extern "C" struct engine *engine_create(const void *bytes, size_t len) {
    auto *made = new engine;
    Errors errors;
    ModuleDesc desc;
    ReadBinaryOptions options;
    if (Failed(ReadBinaryInterp("module", bytes, len, options, &errors, &desc))) {
        delete made;
        return nullptr;
    }
    auto module = Module::New(made->store, desc);
    Trap::Ptr trap;
    made->instance = Instance::Instantiate(made->store, module.ref(), {}, &trap);
    if (made->instance) {
        made->run = find_run(*made, desc);
    }
    if (!made->run || made->run->type().params != ValueTypes{ValueType::I32} ||
        made->run->type().results != ValueTypes{ValueType::I32}) {
        delete made;
        return nullptr;
    }
    return made;
}

extern "C" void engine_destroy(struct engine *engine) {
    delete engine;
}

extern "C" bool engine_run(struct engine *engine, uint32_t argument, uint32_t *ret_result) {
    Values results;
    Trap::Ptr trap;
    if (Failed(engine->run->Call(engine->store, {Value::Make(argument)}, results, &trap))) {
        return false;
    }
    *ret_result = results[0].Get<u32>();
    return true;
}
