import java.awt.*;
import java.awt.event.*;
import java.io.*;
import java.nio.file.*;

/** A text field with a menu and a dialog, drawn by AWT: what java does without any other toolkit. */
public class Editor extends Frame {
    private final TextArea text = new TextArea("Dear reader\n", 10, 40, TextArea.SCROLLBARS_NONE);

    Editor() {
        super("a Java editor");
        text.setFont(new Font("Monospaced", Font.PLAIN, 14));
        add(text);
        Menu file = new Menu("File");
        file.add(item("Save", KeyEvent.VK_S, event -> save("letter.txt")));
        file.add(item("Ask", KeyEvent.VK_D, event -> ask()));
        MenuBar bar = new MenuBar();
        bar.add(file);
        setMenuBar(bar);
        setBounds(200, 150, 480, 320);
        addWindowListener(new WindowAdapter() {
            @Override public void windowClosing(WindowEvent event) { System.exit(0); }
        });
    }

    private static MenuItem item(String label, int key, ActionListener action) {
        MenuItem made = new MenuItem(label, new MenuShortcut(key));
        made.addActionListener(action);
        return made;
    }

    private void save(String name) {
        try {
            Files.writeString(Path.of(name), text.getText());
            setTitle("a Java editor: saved");
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        }
    }

    private void ask() {
        Dialog dialog = new Dialog(this, "a question", true);
        TextField answer = new TextField(20);
        answer.addActionListener(event -> {
            setTitle("a Java editor: " + answer.getText());
            dialog.dispose();
        });
        dialog.add(new Label("An answer, please:"), BorderLayout.NORTH);
        dialog.add(answer);
        dialog.pack();
        dialog.setLocationRelativeTo(this);
        dialog.setVisible(true);
    }

    public static void main(String[] arguments) {
        new Editor().setVisible(true);
    }
}
