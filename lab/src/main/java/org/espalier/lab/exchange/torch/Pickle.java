package org.espalier.lab.exchange.torch;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.espalier.UserException;
import org.espalier.lab.exchange.tensor.NumberType;

/**
 * Reads Python's pickles as far as state dictionaries need them, and executes nothing. A pickle is a program for a machine with a
 * stack. This machine knows the instructions that build numbers, strings, lists, tuples and dictionaries, and the few names of
 * {@link #CALLS} and {@link #STORAGES}, which it replaces by values of its own. It refuses every other instruction and name.
 *
 * <p>Memory is bounded: a value takes at least a byte of the file, and none is copied.
 */
final class Pickle {
    /** Names that a pickle may call, and nothing else of Python. */
    static final Set<String> CALLS = Set.of(
            "collections.OrderedDict",
            "torch._utils._rebuild_tensor",
            "torch._utils._rebuild_tensor_v2",
            "torch._utils._rebuild_parameter");

    /** Names of storages, with the type of their numbers. */
    static final Map<String, NumberType> STORAGES = Map.of(
            "torch.FloatStorage", NumberType.FLOAT,
            "torch.DoubleStorage", NumberType.DOUBLE,
            "torch.HalfStorage", NumberType.HALF,
            "torch.BFloat16Storage", NumberType.BFLOAT16,
            "torch.LongStorage", NumberType.LONG,
            "torch.IntStorage", NumberType.INT,
            "torch.ShortStorage", NumberType.SHORT,
            "torch.CharStorage", NumberType.CHAR,
            "torch.ByteStorage", NumberType.BYTE,
            "torch.BoolStorage", NumberType.BOOL);

    private static final int PROTO = 0x80;
    private static final int NEWEST_PROTOCOL = 5;
    private static final int FRAME = 0x95;
    private static final int MARK = '(';
    private static final int STOP = '.';
    private static final int GLOBAL = 'c';
    private static final int STACK_GLOBAL = 0x93;
    private static final int REDUCE = 'R';
    private static final int BUILD = 'b';
    private static final int PERSISTENT = 'Q';
    private static final int EMPTY_DICT = '}';
    private static final int EMPTY_LIST = ']';
    private static final int EMPTY_TUPLE = ')';
    private static final int TUPLE = 't';
    private static final int TUPLE1 = 0x85;
    private static final int TUPLE2 = 0x86;
    private static final int TUPLE3 = 0x87;
    private static final int SET_ITEM = 's';
    private static final int SET_ITEMS = 'u';
    private static final int APPEND = 'a';
    private static final int APPENDS = 'e';
    private static final int NONE = 'N';
    private static final int TRUE = 0x88;
    private static final int FALSE = 0x89;
    private static final int INT4 = 'J';
    private static final int INT1 = 'K';
    private static final int INT2 = 'M';
    private static final int LONG1 = 0x8a;
    private static final int FLOAT = 'G';
    private static final int TEXT4 = 'X';
    private static final int TEXT1 = 0x8c;
    private static final int PUT1 = 'q';
    private static final int PUT4 = 'r';
    private static final int MEMOIZE = 0x94;
    private static final int GET1 = 'h';
    private static final int GET4 = 'j';

    /** Python's None, and other constants without content. */
    enum Constant {
        NONE,
        MARK
    }

    /** A tuple. */
    record Tuple(List<Object> items) {}

    /** A name that the pickle may use. */
    record Name(String full) {}

    /** The numbers of one or more tensors, which stand elsewhere in the file. */
    record Storage(NumberType type, String key, long elements) {}

    /** A tensor: a view of a storage. */
    record Tensor(Storage storage, long offset, List<Long> shape, List<Long> strides) {}

    private final ByteBuffer in;
    private final String source;
    private final List<Object> stack = new ArrayList<>();
    private final Map<Integer, Object> memo = new HashMap<>();

    private Pickle(ByteBuffer in, String source) {
        this.in = in;
        this.source = source;
    }

    /**
     * Reads the pickle at the buffer's position and moves the position behind it. The value is a String, Long, BigInteger,
     * Double, Boolean, List, {@link Tuple}, {@link Constant}, {@link Name}, {@link Storage} or {@link Tensor}, or a Map of such
     * values. A list or map may contain itself.
     *
     * @throws UserException if it uses anything else, or is damaged
     */
    static Object read(ByteBuffer in, String source) {
        ByteBuffer view = in.slice().order(ByteOrder.LITTLE_ENDIAN);
        try {
            Object value = new Pickle(view, source).run();
            in.position(in.position() + view.position());
            return value;
        } catch (java.nio.BufferUnderflowException e) {
            throw new UserException(source + " is damaged: its pickle ends early", e);
        }
    }

    private Object run() {
        while (true) {
            int at = in.position();
            int code = in.get() & 0xff;
            if (code == STOP) {
                Object value = pop();
                if (!stack.isEmpty()) {
                    throw damaged("its pickle leaves " + stack.size() + " values behind");
                }
                return value;
            }
            step(code, at);
        }
    }

    private void step(int code, int at) {
        switch (code) {
            case PROTO -> protocol(in.get() & 0xff);
            case FRAME -> in.getLong();
            case MARK -> stack.add(Constant.MARK);
            case NONE -> stack.add(Constant.NONE);
            case TRUE -> stack.add(Boolean.TRUE);
            case FALSE -> stack.add(Boolean.FALSE);
            case INT1 -> stack.add((long) (in.get() & 0xff));
            case INT2 -> stack.add((long) (in.getShort() & 0xffff));
            case INT4 -> stack.add((long) in.getInt());
            case LONG1 -> stack.add(integer(in.get() & 0xff));
            case FLOAT -> stack.add(Double.longBitsToDouble(Long.reverseBytes(in.getLong())));
            case TEXT1 -> stack.add(text(in.get() & 0xff));
            case TEXT4 -> stack.add(text(in.getInt() & 0xffffffffL));
            case EMPTY_DICT -> stack.add(new LinkedHashMap<Object, Object>());
            case EMPTY_LIST -> stack.add(new ArrayList<Object>());
            case EMPTY_TUPLE -> stack.add(new Tuple(List.of()));
            case TUPLE -> stack.add(new Tuple(marked()));
            case TUPLE1 -> tuple(1);
            case TUPLE2 -> tuple(2);
            case TUPLE3 -> tuple(3);
            case SET_ITEM -> {
                Object value = pop();
                put(pop(), value);
            }
            case SET_ITEMS -> setItems(marked());
            case APPEND -> {
                Object value = pop();
                list().add(value);
            }
            case APPENDS -> {
                List<Object> values = marked();
                list().addAll(values);
            }
            case PUT1 -> memo.put(in.get() & 0xff, top());
            case PUT4 -> memo.put(in.getInt(), top());
            case MEMOIZE -> memo.put(memo.size(), top());
            case GET1 -> get(in.get() & 0xff);
            case GET4 -> get(in.getInt());
            case GLOBAL -> {
                String module = line();
                stack.add(name(module + "." + line()));
            }
            case STACK_GLOBAL -> {
                Object name = pop();
                stack.add(name(shown(pop()) + "." + shown(name)));
            }
            case PERSISTENT -> stack.add(storage(pop()));
            case REDUCE -> {
                Object arguments = pop();
                stack.add(called(pop(), arguments));
            }
            case BUILD -> build(pop());
            default ->
                throw new UserException(source + " has instruction " + code + " at byte " + at
                        + " of its pickle, which a state dictionary does not need; Espalier executes nothing of it."
                        + " Save the network with torch.save(model.state_dict(), FILE)");
        }
    }

    private void protocol(int version) {
        if (version > NEWEST_PROTOCOL) {
            throw damaged("its pickle has protocol " + version + ", expected at most " + NEWEST_PROTOCOL);
        }
    }

    private Object integer(int length) {
        byte[] bytes = bytes(length);
        for (int i = 0; i < length / 2; i++) {
            byte swapped = bytes[i];
            bytes[i] = bytes[length - 1 - i];
            bytes[length - 1 - i] = swapped;
        }
        BigInteger value = length == 0 ? BigInteger.ZERO : new BigInteger(bytes);
        return value.bitLength() < 64 ? (Object) value.longValue() : value;
    }

    private String text(long length) {
        return new String(bytes(length), StandardCharsets.UTF_8);
    }

    private byte[] bytes(long length) {
        if (length > in.remaining()) {
            throw damaged("a string of its pickle claims " + length + " bytes, " + in.remaining() + " follow");
        }
        byte[] bytes = new byte[(int) length];
        in.get(bytes);
        return bytes;
    }

    private String line() {
        StringBuilder line = new StringBuilder();
        for (int c = in.get(); c != '\n'; c = in.get()) {
            line.append((char) (c & 0xff));
            if (line.length() > 200) {
                throw damaged("a name of its pickle has more than 200 characters");
            }
        }
        return line.toString();
    }

    private Name name(String full) {
        if (!CALLS.contains(full) && !STORAGES.containsKey(full)) {
            throw new UserException(source + " uses " + printable(full)
                    + ", which a state dictionary does not need; Espalier executes nothing of it. Save the network with"
                    + " torch.save(model.state_dict(), FILE)");
        }
        return new Name(full);
    }

    private static String printable(String text) {
        String clean = text.replaceAll("[^\\x20-\\x7e]", "?");
        return clean.length() > 80 ? clean.substring(0, 80) + "..." : clean;
    }

    /** A value in a message; what may contain itself is only called by its kind. */
    private static String shown(Object value) {
        return switch (value) {
            case String text -> printable(text);
            case Long number -> number.toString();
            case BigInteger number -> "an integer of " + number.bitLength() + " bits";
            case Double number -> number.toString();
            case Boolean truth -> truth.toString();
            case List<?> _ -> "a list";
            case Map<?, ?> _ -> "a dictionary";
            case Tuple _ -> "a tuple";
            case Name name -> name.full();
            case Tensor _ -> "a tensor";
            case Storage _ -> "a storage";
            default -> "None";
        };
    }

    private Object pop() {
        if (stack.isEmpty() || stack.getLast() == Constant.MARK) {
            throw damaged("its pickle takes a value that is not there");
        }
        return stack.removeLast();
    }

    private Object top() {
        if (stack.isEmpty() || stack.getLast() == Constant.MARK) {
            throw damaged("its pickle remembers a value that is not there");
        }
        return stack.getLast();
    }

    private void get(int index) {
        Object value = memo.get(index);
        if (value == null) {
            throw damaged("its pickle asks for value " + index + ", which it did not remember");
        }
        stack.add(value);
    }

    /** Takes all values above the last mark, and the mark. */
    private List<Object> marked() {
        int mark = stack.lastIndexOf(Constant.MARK);
        if (mark < 0) {
            throw damaged("its pickle has no mark where it needs one");
        }
        List<Object> above = stack.subList(mark, stack.size());
        List<Object> values = new ArrayList<>(above.subList(1, above.size()));
        above.clear();
        return values;
    }

    private void tuple(int count) {
        List<Object> items = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            items.addFirst(pop());
        }
        stack.add(new Tuple(items));
    }

    @SuppressWarnings("unchecked")
    private List<Object> list() {
        if (top() instanceof List<?> list) {
            return (List<Object>) list;
        }
        throw damaged("its pickle appends to " + shown(top()) + ", expected a list");
    }

    private void setItems(List<Object> items) {
        if (items.size() % 2 != 0) {
            throw damaged("a dictionary of its pickle has a key without a value");
        }
        for (int i = 0; i < items.size(); i += 2) {
            put(items.get(i), items.get(i + 1));
        }
    }

    @SuppressWarnings("unchecked")
    private void put(Object key, Object value) {
        if (!(key instanceof String) && !(key instanceof Long)) {
            throw damaged("a dictionary of its pickle has " + shown(key) + " as a key, expected a string or a number");
        }
        if (!(top() instanceof Map<?, ?> map)) {
            throw damaged("its pickle sets an item of " + shown(top()) + ", expected a dictionary");
        }
        ((Map<Object, Object>) map).put(key, value);
    }

    /** PyTorch stores the versions of modules beside an OrderedDict; they are not needed. */
    private void build(Object state) {
        if (!(top() instanceof Map<?, ?>) || !(state instanceof Map<?, ?>)) {
            throw new UserException(source + " sets the state of " + shown(top())
                    + ", which a state dictionary does not need; Espalier executes nothing of it");
        }
    }

    private Storage storage(Object id) {
        if (!(id instanceof Tuple(List<Object> items))
                || items.size() < 5
                || !(items.get(1) instanceof Name(String full))
                || !(items.get(2) instanceof String key)
                || !(items.get(4) instanceof Long elements)
                || elements < 0
                || (items.size() > 5 && items.get(5) != Constant.NONE)) {
            throw damaged("a tensor's storage is not described as (storage, type, key, device, size)");
        }
        NumberType type = STORAGES.get(full);
        if (type == null) {
            throw damaged("a tensor has a storage of type " + full);
        }
        return new Storage(type, key, elements);
    }

    private Object called(Object function, Object arguments) {
        if (!(function instanceof Name(String full)) || !(arguments instanceof Tuple(List<Object> given))) {
            throw damaged("its pickle calls " + shown(function));
        }
        return switch (full) {
            case "collections.OrderedDict" -> ordered(given);
            case "torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2" -> tensor(given);
            case "torch._utils._rebuild_parameter" -> {
                if (!given.isEmpty() && given.getFirst() instanceof Tensor tensor) {
                    yield tensor;
                }
                throw damaged("a parameter of its pickle is no tensor");
            }
            default -> throw damaged("its pickle calls " + full);
        };
    }

    private Object ordered(List<Object> given) {
        if (!given.isEmpty()) {
            throw damaged("an OrderedDict of its pickle has arguments, expected none");
        }
        return new LinkedHashMap<Object, Object>();
    }

    private Tensor tensor(List<Object> given) {
        if (given.size() < 4
                || !(given.get(0) instanceof Storage storage)
                || !(given.get(1) instanceof Long offset)
                || !(given.get(2) instanceof Tuple(List<Object> shape))
                || !(given.get(3) instanceof Tuple(List<Object> strides))) {
            throw damaged("a tensor of its pickle is not described as (storage, offset, shape, strides)");
        }
        return new Tensor(storage, offset, numbers(shape), numbers(strides));
    }

    private List<Long> numbers(List<Object> items) {
        List<Long> numbers = new ArrayList<>();
        for (Object item : items) {
            if (!(item instanceof Long number) || number < 0 || items.size() > 8) {
                throw damaged(
                        "a tensor has " + shown(item) + " in its shape or strides, expected up to 8 numbers from 0");
            }
            numbers.add(number);
        }
        return numbers;
    }

    private UserException damaged(String problem) {
        return new UserException(Objects.requireNonNull(source) + " is damaged: " + problem);
    }
}
