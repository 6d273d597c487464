/* The default catalogue as bytes of the program; CATALOG_FILE comes from meson.build. */
    .section .rodata
    .global catalog_begin
    .global catalog_end
catalog_begin:
    .incbin CATALOG_FILE
catalog_end:
    .byte 0
    .section .note.GNU-stack, "", %progbits
