export const imageErrors = {
  'image.not_found': { status: 404, title: 'There is no such image on the engine' },
  'image.in_use': { status: 409, title: 'The image is in use' },
  'reference.invalid': { status: 422, title: 'This is not an image reference' },
  'reference.tag_required': { status: 422, title: 'A tag is required' },
  'reference.no_tags': { status: 422, title: 'The repository has no tags on this engine' },
} as const;
