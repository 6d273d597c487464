/* Compiler attributes under names that say what they promise. */
#ifndef BASE_ATTR_H
#define BASE_ATTR_H

/* The caller must look at the result. */
#define MUST_USE __attribute__((warn_unused_result))
/* `fn` takes a pointer to the variable and runs when the variable leaves its scope. */
#define CLEANUP(fn) __attribute__((cleanup(fn)))
/* The arguments from `first` on are checked against the printf format at that position. */
#define PRINTF_LIKE(position, first) __attribute__((format(printf, position, first)))
#define NORETURN __attribute__((noreturn))
#define UNUSED __attribute__((unused))

#define ARRAY_LEN(array) (sizeof(array) / sizeof((array)[0]))

#endif
