/* api_background over libuv's thread pool; `context` is the struct program. */
#ifndef MAIN_BACKGROUND_H
#define MAIN_BACKGROUND_H

#include "main/program.h"

MUST_USE bool program_run_aside(void *context, void (*run)(void *argument),
                                void (*done)(void *argument), void *argument);

#endif
