/**
 * Rows of an account by their ids ($2), each looked up by itself. For many at once (`id = ANY`) a planner that thinks little of the
 * account's size would rather read all that it has: OFFSET 0 keeps it from making one select of the two.
 */
export function byIds(table: 'interactions' | 'tombstones', columns: string): string {
  return `SELECT found.* FROM unnest($2::text[]) AS asked (id) CROSS JOIN LATERAL (
      SELECT ${columns} FROM parlance.${table} WHERE account_id = $1 AND id = asked.id OFFSET 0
    ) AS found`
}
