package io.github.wsproof.server;

/**
 * What is done in Redis in one step each. The keys of a room: its run, how many messages it has
 * had, and its log, a stream in which the message with the number {@code n} has the id {@code
 * n+1-0}.
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
        redis.call('DEL', KEYS[2], KEYS[3])
      end
      if tonumber(ARGV[2]) > 0 then
        for i = 1, 3 do redis.call('PEXPIRE', KEYS[i], ARGV[2]) end
      end
      return {run, redis.call('GET', KEYS[2]) or '0', redis.call('XLEN', KEYS[3])}
      """;

  /**
   * Adds a message, and lets go of what is one too many or too old.
   *
   * <pre>
   *   ARGV: run, milliseconds without a message, most messages, milliseconds that one is kept
   *         (0 = for ever), then name and value of each field
   *   returns: how many messages the room has had; -1 if it is another run
   * </pre>
   */
  static final String APPEND =
      """
      if redis.call('GET', KEYS[1]) ~= ARGV[1] then return -1 end
      local n = redis.call('INCR', KEYS[2])
      local time = redis.call('TIME')
      local now = time[1] * 1000 + math.floor(time[2] / 1000)
      redis.call('XADD', KEYS[3], 'MAXLEN', '=', ARGV[3], n .. '-0', 't', string.format('%.0f', now),
        unpack(ARGV, 5))
      local age = tonumber(ARGV[4])
      for i = 1, age > 0 and 16 or 0 do
        local first = redis.call('XRANGE', KEYS[3], '-', '+', 'COUNT', 1)[1]
        if not first or tonumber(first[2][2]) >= now - age then break end
        redis.call('XDEL', KEYS[3], first[1])
      end
      if n % 64 == 1 and tonumber(ARGV[2]) > 0 then
        for i = 1, 3 do redis.call('PEXPIRE', KEYS[i], ARGV[2]) end
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

  private StoreScripts() {}
}
