package io.github.wsproof.server;

/**
 * What is done for a stream in Redis in one step each. Its keys: what it is, a hash ({@code run},
 * {@code rate}, {@code length}, {@code start} in microseconds of Redis's clock, {@code next}: the
 * next message to be made), and its log, a Redis Stream.
 *
 * <pre>
 *   5000-0  t 4998123  s 5f3a9c01  n 1000  r 42,7,…     messages 4000 up to 4999
 * </pre>
 *
 * <p>An entry is many messages: its id is the number of the message behind its last, so that who
 * reads from the next message that it wants finds it, wherever entries begin. {@code t}: when they
 * were made, in microseconds since the start; {@code s}: by which server; {@code n}: how many;
 * {@code r}: their random numbers.
 */
final class StreamScripts {
  /** Sets for how long the keys are kept; 0: as it is, less: for ever. */
  private static final String KEEP =
      """
      local function keep(millis)
        if millis == 0 then return end
        for i = 1, 2 do
          if millis < 0 then redis.call('PERSIST', KEYS[i])
          else redis.call('PEXPIRE', KEYS[i], millis) end
        end
      end
      """;

  /** The first message that is kept, when entries that are too old have been let go of. */
  private static final String FIRST =
      """
      local function first(next, oldest)
        for i = 1, 64 do
          local entry = redis.call('XRANGE', KEYS[2], '-', '+', 'COUNT', 1)[1]
          if not entry then return next end
          if i == 64 or tonumber(entry[2][2]) >= oldest then
            return tonumber(string.match(entry[1], '^%d+')) - tonumber(entry[2][6])
          end
          redis.call('XDEL', KEYS[2], entry[1])
        end
      end
      local time = redis.call('TIME')
      local now = time[1] * 1000000 + time[2]
      """;

  /**
   * Finds a stream or begins it.
   *
   * <pre>
   *   ARGV: run, rate and length of a stream that is begun (run '': none is), microseconds since its
   *         start, milliseconds that it is kept, milliseconds that a message is kept (0 = for ever)
   *   returns: its run, rate, length, microseconds since its start, the next message, the first that
   *            is kept; nothing if there is none
   * </pre>
   */
  static final String OPEN =
      KEEP
          + FIRST
          + """
          local have = redis.call('HMGET', KEYS[1], 'run', 'rate', 'length', 'start', 'next')
          if not have[1] then
            if ARGV[1] == '' then return false end
            have = {ARGV[1], ARGV[2], ARGV[3], string.format('%.0f', now - ARGV[4]), '0'}
            redis.call('HSET', KEYS[1], 'run', have[1], 'rate', have[2], 'length', have[3],
              'start', have[4], 'next', have[5])
            redis.call('DEL', KEYS[2])
          end
          keep(tonumber(ARGV[5]))
          local since = now - tonumber(have[4])
          local next = tonumber(have[5])
          local age = tonumber(ARGV[6])
          return {have[1], have[2], have[3], since, next,
            first(next, age == 0 and 0 or since - age * 1000)}
          """;

  /**
   * Adds messages, if the next one still is what the server takes it for: so no two servers make
   * the same. It lets go of entries that are all too many or too old.
   *
   * <pre>
   *   ARGV: run, the next message as the server has it, the first that is added, most messages,
   *         milliseconds that one is kept (0 = for ever), the server, then of each entry how many
   *         messages it has and their random numbers
   *   returns: 1 if they were added, else 0, -1 if it is another run; the next message, the first
   *            that is kept
   * </pre>
   */
  static final String MAKE =
      FIRST
          + """
          local have = redis.call('HMGET', KEYS[1], 'run', 'next', 'start')
          if have[1] ~= ARGV[1] then return {-1, 0, 0} end
          local next = tonumber(have[2])
          local since = now - tonumber(have[3])
          local made = 0
          if next == tonumber(ARGV[2]) then
            made = 1
            next = tonumber(ARGV[3])
            for i = 7, #ARGV, 2 do
              next = next + tonumber(ARGV[i])
              redis.call('XADD', KEYS[2], string.format('%.0f-0', next), 't',
                string.format('%.0f', since), 's', ARGV[6], 'n', ARGV[i], 'r', ARGV[i + 1])
            end
            redis.call('HSET', KEYS[1], 'next', string.format('%.0f', next))
            redis.call('XTRIM', KEYS[2], 'MINID', '=',
              string.format('%.0f', math.max(0, next - tonumber(ARGV[4]) + 1)))
            local lives = redis.call('PTTL', KEYS[1])
            if lives > 0 and redis.call('PTTL', KEYS[2]) < 0 then
              redis.call('PEXPIRE', KEYS[2], lives)
            end
          end
          local age = tonumber(ARGV[5])
          return {made, next, first(next, age == 0 and 0 or since - age * 1000)}
          """;

  private StreamScripts() {}
}
