/* WebAssembly for a host in C: wabt's interpreter behind three functions. */
#ifndef EXAMPLES_WASM_HOST_ENGINE_H
#define EXAMPLES_WASM_HOST_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct engine;

/* A module without imports, from its binary form; NULL when it is none. */
struct engine *engine_create(const void *bytes, size_t len);
void engine_destroy(struct engine *engine);
/* Calls the exported function "run" of one i32; false when there is none, or it traps. */
bool engine_run(struct engine *engine, uint32_t argument, uint32_t *ret_result);

#ifdef __cplusplus
}
#endif

#endif
