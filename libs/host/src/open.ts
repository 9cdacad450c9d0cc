import { SetMetadata, type CustomDecorator } from '@nestjs/common';

/** Metadata of what answers without a token. */
export const OPEN = 'causeway:open';

/** Marks a handler, or all of a controller, that answers anybody: it says nothing about any sequence. What bears no mark is closed. */
export const Open = (): CustomDecorator => SetMetadata(OPEN, true);
