package io.github.wsproof.server;

/**
 * What is done in Redis in one step each. The keys of a room: its run, how many messages it has
 * had, its log, a stream in which the message with the number {@code n} has the id {@code n+1-0},
 * and its members, a hash from {@code <server>:<number>} to what each is called; beside them {@code
 * wsproof:servers}, when each server was last heard of.
 */
final class StoreScripts {
  /**
   * Finds a room or begins it.
   *
   * <pre>
   *   ARGV: run of a room that is begun, milliseconds that it lives without a message (0 = for ever)
   *   returns: its run, how many messages it has had, how many it keeps
   * </pre>
   */
  static final String OPEN =
      """
      local run = redis.call('GET', KEYS[1])
      if not run then
        run = ARGV[1]
        redis.call('SET', KEYS[1], run)
        redis.call('DEL', KEYS[2], KEYS[3], KEYS[4])
      end
      if tonumber(ARGV[2]) > 0 then
        for i = 1, 4 do redis.call('PEXPIRE', KEYS[i], ARGV[2]) end
      end
      return {run, redis.call('GET', KEYS[2]) or '0', redis.call('XLEN', KEYS[3])}
      """;

  /**
   * Adds a message, and lets go of what is one too many or too old. Who is not among the members
   * does not leave: it has been told already.
   *
   * <pre>
   *   ARGV: run, milliseconds without a message, most messages, milliseconds that one is kept
   *         (0 = for ever), of one who comes (j) or goes (l) which member, else '', kind, name, then
   *         name and value of each field
   *   returns: how many messages the room has had; -1 if it is another run
   * </pre>
   */
  static final String APPEND =
      """
      if redis.call('GET', KEYS[1]) ~= ARGV[1] then return -1 end
      if ARGV[6] == 'l' and redis.call('HDEL', KEYS[4], ARGV[5]) == 0 then return 0 end
      if ARGV[6] == 'j' then
        redis.call('HSET', KEYS[4], ARGV[5], ARGV[7])
        if tonumber(ARGV[2]) > 0 then redis.call('PEXPIRE', KEYS[4], ARGV[2]) end
      end
      local n = redis.call('INCR', KEYS[2])
      local time = redis.call('TIME')
      local now = time[1] * 1000 + math.floor(time[2] / 1000)
      redis.call('XADD', KEYS[3], 'MAXLEN', '=', ARGV[3], n .. '-0', 't', string.format('%.0f', now),
        unpack(ARGV, 8))
      local age = tonumber(ARGV[4])
      for i = 1, age > 0 and 16 or 0 do
        local first = redis.call('XRANGE', KEYS[3], '-', '+', 'COUNT', 1)[1]
        if not first or tonumber(first[2][2]) >= now - age then break end
        redis.call('XDEL', KEYS[3], first[1])
      end
      if n % 64 == 1 and tonumber(ARGV[2]) > 0 then
        for i = 1, 4 do redis.call('PEXPIRE', KEYS[i], ARGV[2]) end
      end
      return n
      """;

  /**
   * Adds a message again that a server has got and Redis has lost.
   *
   * <pre>
   *   ARGV: run, its number and 1, then name and value of each field
   * </pre>
   */
  static final String RESTORE =
      """
      if redis.call('GET', KEYS[1]) ~= ARGV[1] then return -1 end
      local n = tonumber(ARGV[2])
      if tonumber(redis.call('GET', KEYS[2]) or '0') >= n then return 0 end
      local time = redis.call('TIME')
      local now = time[1] * 1000 + math.floor(time[2] / 1000)
      redis.call('SET', KEYS[2], ARGV[2], 'KEEPTTL')
      redis.call('XADD', KEYS[3], n .. '-0', 't', string.format('%.0f', now), unpack(ARGV, 3))
      return n
      """;

  /**
   * Tells that a server is there.
   *
   * <pre>
   *   KEYS: servers
   *   ARGV: the server, milliseconds without a word after which one is gone
   *   returns: milliseconds since it was heard of before, -1 if it never was; then the servers that
   *            are gone
   * </pre>
   */
  static final String BEAT =
      """
      local time = redis.call('TIME')
      local now = time[1] * 1000 + math.floor(time[2] / 1000)
      local before = redis.call('ZSCORE', KEYS[1], ARGV[1])
      redis.call('ZADD', KEYS[1], string.format('%.0f', now), ARGV[1])
      redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now - 3600000))
      redis.call('PEXPIRE', KEYS[1], 3600000)
      local gone = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf',
        string.format('(%.0f', now - tonumber(ARGV[2])))
      return {before and now - tonumber(before) or -1, gone}
      """;

  /**
   * Adds that those members of a room have left whose servers are gone.
   *
   * <pre>
   *   KEYS: the room's, and servers
   *   ARGV: run, most messages, milliseconds without a word after which a server is gone
   *   returns: how many
   * </pre>
   */
  static final String GONE =
      """
      if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
      local time = redis.call('TIME')
      local now = time[1] * 1000 + math.floor(time[2] / 1000)
      local all = redis.call('HGETALL', KEYS[4])
      local gone = {}
      local count = 0
      for i = 1, #all, 2 do
        local server = string.match(all[i], '^[^:]*')
        if gone[server] == nil then
          local last = redis.call('ZSCORE', KEYS[5], server)
          gone[server] = not last or tonumber(last) < now - tonumber(ARGV[3])
        end
        if gone[server] then
          redis.call('HDEL', KEYS[4], all[i])
          redis.call('XADD', KEYS[3], 'MAXLEN', '=', ARGV[2], redis.call('INCR', KEYS[2]) .. '-0',
            't', string.format('%.0f', now), 'o', '', 'k', 'l', 'm', all[i + 1])
          count = count + 1
        end
      end
      return count
      """;

  private StoreScripts() {}
}
