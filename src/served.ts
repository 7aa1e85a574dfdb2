/** Settings in the store that other commands read: what the server was last served as. */
export const SERVED_URL = 'served_url'
export const SERVED_REGION = 'served_region'
