export const ruleErrors = {
  'push.denied_by_rule': { status: 403, title: 'A push rule forbids this push' },
  'push.tag_protected': { status: 409, title: 'The tag is protected and cannot be moved' },
  'rule.not_found': { status: 404, title: 'There is no such push rule' },
  'rule.too_many': { status: 409, title: 'There are too many push rules' },
} as const;
