/* What stands for a character where only ASCII may be drawn. */
#ifndef UI_GLYPH_H
#define UI_GLYPH_H

#include <stdint.h>

/* Lines, arrows, blocks, typographic signs have a likeness; anything else becomes '?'. */
int32_t glyph_fold(int32_t code);

#endif
