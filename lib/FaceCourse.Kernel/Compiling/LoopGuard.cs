using FaceCourse.Kernel.Running;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace FaceCourse.Kernel.Compiling;

/// <summary>Puts a check into every loop and every function of a cell, so that an interrupt ends a busy loop, and endless
/// recursion is an exception instead of the end of the process.</summary>
/// <remarks>Nothing moves to another line: exceptions keep the cell's line numbers. Error messages, which also give
/// columns, are always computed from the tree as it was written.</remarks>
internal sealed class LoopGuard : CSharpSyntaxRewriter
{
    private readonly Func<SemanticModel>? _meaning;
    private SemanticModel? _model;

    private LoopGuard(Func<SemanticModel>? meaning) => _meaning = meaning;

    private static readonly StatementSyntax LoopCheck = Statement(nameof(CellInterrupt.Check));
    private static readonly StatementSyntax FunctionCheck = Statement(nameof(CellInterrupt.Enter));

    /// <param name="tree">The cell as it was written.</param>
    /// <param name="options">What to parse it with.</param>
    /// <param name="encoding">For the line numbers' file.</param>
    /// <param name="meaning">What the cell means, asked when there is a lambda that is a mere expression; null leaves those alone.</param>
    public static SyntaxTree Rewrite(SyntaxTree tree, CSharpParseOptions options, System.Text.Encoding encoding, Func<SemanticModel>? meaning)
    {
        var root = tree.GetRoot();
        var guarded = new LoopGuard(meaning).Visit(root);
        return ReferenceEquals(root, guarded) ? tree : CSharpSyntaxTree.Create((CompilationUnitSyntax)guarded, options, tree.FilePath, encoding);
    }

    public override SyntaxNode? VisitWhileStatement(WhileStatementSyntax node)
    {
        var visited = (WhileStatementSyntax)base.VisitWhileStatement(node)!;
        return visited.WithStatement(Checked(visited.Statement));
    }

    public override SyntaxNode? VisitDoStatement(DoStatementSyntax node)
    {
        var visited = (DoStatementSyntax)base.VisitDoStatement(node)!;
        return visited.WithStatement(Checked(visited.Statement));
    }

    public override SyntaxNode? VisitForStatement(ForStatementSyntax node)
    {
        var visited = (ForStatementSyntax)base.VisitForStatement(node)!;
        return visited.WithStatement(Checked(visited.Statement));
    }

    public override SyntaxNode? VisitForEachStatement(ForEachStatementSyntax node)
    {
        var visited = (ForEachStatementSyntax)base.VisitForEachStatement(node)!;
        return visited.WithStatement(Checked(visited.Statement));
    }

    public override SyntaxNode? VisitForEachVariableStatement(ForEachVariableStatementSyntax node)
    {
        var visited = (ForEachVariableStatementSyntax)base.VisitForEachVariableStatement(node)!;
        return visited.WithStatement(Checked(visited.Statement));
    }

    public override SyntaxNode? VisitLabeledStatement(LabeledStatementSyntax node)
    {
        // `again: … goto again;` is a loop as well, except before a declaration, which must stay where it can be seen.
        var visited = (LabeledStatementSyntax)base.VisitLabeledStatement(node)!;
        return visited.Statement is LocalDeclarationStatementSyntax or LocalFunctionStatementSyntax or LabeledStatementSyntax
            ? visited
            : visited.WithStatement(Checked(visited.Statement));
    }

    public override SyntaxNode? VisitMethodDeclaration(MethodDeclarationSyntax node)
    {
        var visited = (MethodDeclarationSyntax)base.VisitMethodDeclaration(node)!;
        if (visited.Body is { } body) return visited.WithBody(Entered(body));
        return AsBlock(visited.ExpressionBody, ReturnsValue(visited.ReturnType, visited.Modifiers)) is { } block
            ? visited.WithExpressionBody(null).WithSemicolonToken(default).WithBody(block)
            : visited;
    }

    public override SyntaxNode? VisitLocalFunctionStatement(LocalFunctionStatementSyntax node)
    {
        var visited = (LocalFunctionStatementSyntax)base.VisitLocalFunctionStatement(node)!;
        if (visited.Body is { } body) return visited.WithBody(Entered(body));
        return AsBlock(visited.ExpressionBody, ReturnsValue(visited.ReturnType, visited.Modifiers)) is { } block
            ? visited.WithExpressionBody(null).WithSemicolonToken(default).WithBody(block)
            : visited;
    }

    public override SyntaxNode? VisitConstructorDeclaration(ConstructorDeclarationSyntax node)
    {
        var visited = (ConstructorDeclarationSyntax)base.VisitConstructorDeclaration(node)!;
        if (visited.Body is { } body) return visited.WithBody(Entered(body));
        return AsBlock(visited.ExpressionBody, returnsValue: false) is { } block
            ? visited.WithExpressionBody(null).WithSemicolonToken(default).WithBody(block)
            : visited;
    }

    public override SyntaxNode? VisitOperatorDeclaration(OperatorDeclarationSyntax node)
    {
        var visited = (OperatorDeclarationSyntax)base.VisitOperatorDeclaration(node)!;
        if (visited.Body is { } body) return visited.WithBody(Entered(body));
        return AsBlock(visited.ExpressionBody, ReturnsValue(visited.ReturnType, visited.Modifiers)) is { } block
            ? visited.WithExpressionBody(null).WithSemicolonToken(default).WithBody(block)
            : visited;
    }

    public override SyntaxNode? VisitConversionOperatorDeclaration(ConversionOperatorDeclarationSyntax node)
    {
        var visited = (ConversionOperatorDeclarationSyntax)base.VisitConversionOperatorDeclaration(node)!;
        if (visited.Body is { } body) return visited.WithBody(Entered(body));
        return AsBlock(visited.ExpressionBody, returnsValue: true) is { } block
            ? visited.WithExpressionBody(null).WithSemicolonToken(default).WithBody(block)
            : visited;
    }

    public override SyntaxNode? VisitAccessorDeclaration(AccessorDeclarationSyntax node)
    {
        var visited = (AccessorDeclarationSyntax)base.VisitAccessorDeclaration(node)!;
        if (visited.Body is { } body) return visited.WithBody(Entered(body));
        return AsBlock(visited.ExpressionBody, returnsValue: visited.IsKind(SyntaxKind.GetAccessorDeclaration)) is { } block
            ? visited.WithExpressionBody(null).WithSemicolonToken(default).WithBody(block)
            : visited;
    }

    public override SyntaxNode? VisitPropertyDeclaration(PropertyDeclarationSyntax node)
    {
        var visited = (PropertyDeclarationSyntax)base.VisitPropertyDeclaration(node)!;
        return AsBlock(visited.ExpressionBody, returnsValue: true) is { } block
            ? visited.WithExpressionBody(null).WithSemicolonToken(default).WithAccessorList(Getter(block))
            : visited;
    }

    public override SyntaxNode? VisitIndexerDeclaration(IndexerDeclarationSyntax node)
    {
        var visited = (IndexerDeclarationSyntax)base.VisitIndexerDeclaration(node)!;
        return AsBlock(visited.ExpressionBody, returnsValue: true) is { } block
            ? visited.WithExpressionBody(null).WithSemicolonToken(default).WithAccessorList(Getter(block))
            : visited;
    }

    public override SyntaxNode? VisitSimpleLambdaExpression(SimpleLambdaExpressionSyntax node)
    {
        if (node.ExpressionBody is not null && Invoked(node) is null) return node;

        var visited = (SimpleLambdaExpressionSyntax)base.VisitSimpleLambdaExpression(node)!;
        if (visited.Block is { } body) return visited.WithBlock(Entered(body));
        return AsBlock(visited.ExpressionBody!, ReturnsValue(node)) is { } block ? visited.WithExpressionBody(null).WithBlock(block) : visited;
    }

    public override SyntaxNode? VisitParenthesizedLambdaExpression(ParenthesizedLambdaExpressionSyntax node)
    {
        if (node.ExpressionBody is not null && Invoked(node) is null) return node;

        var visited = (ParenthesizedLambdaExpressionSyntax)base.VisitParenthesizedLambdaExpression(node)!;
        if (visited.Block is { } body) return visited.WithBlock(Entered(body));
        return AsBlock(visited.ExpressionBody!, ReturnsValue(node)) is { } block ? visited.WithExpressionBody(null).WithBlock(block) : visited;
    }

    // What is called when a lambda is a delegate. As an expression tree it has to stay as it is, with all that is in it.
    private IMethodSymbol? Invoked(LambdaExpressionSyntax lambda) =>
        ((_model ??= _meaning?.Invoke())?.GetTypeInfo(lambda).ConvertedType as INamedTypeSymbol)?.DelegateInvokeMethod;

    private bool ReturnsValue(LambdaExpressionSyntax lambda) =>
        Invoked(lambda) is { ReturnsVoid: false } invoked
        && !(lambda.AsyncKeyword != default && invoked.ReturnType is INamedTypeSymbol { Arity: 0 });

    private static bool ReturnsValue(TypeSyntax type, SyntaxTokenList modifiers)
    {
        var isVoid = type is PredefinedTypeSyntax { Keyword.RawKind: (int)SyntaxKind.VoidKeyword };
        var isPlainTask = modifiers.Any(SyntaxKind.AsyncKeyword)
            && type.DescendantNodesAndSelf().OfType<SimpleNameSyntax>().LastOrDefault() is IdentifierNameSyntax;
        return !isVoid && !isPlainTask;
    }

    private static BlockSyntax Entered(BlockSyntax body) => body.WithStatements(body.Statements.Insert(0, FunctionCheck));

    private static BlockSyntax? AsBlock(ArrowExpressionClauseSyntax? arrow, bool returnsValue) =>
        arrow is null ? null : AsBlock(arrow.Expression, returnsValue)?.WithLeadingTrivia(arrow.GetLeadingTrivia()).WithTrailingTrivia(SyntaxFactory.ElasticMarker);

    private static BlockSyntax? AsBlock(ExpressionSyntax expression, bool returnsValue)
    {
        if (expression is RefExpressionSyntax or ThrowExpressionSyntax) return null;

        return SyntaxFactory.Block(FunctionCheck, returnsValue
            ? SyntaxFactory.ReturnStatement(SyntaxFactory.Token(SyntaxKind.ReturnKeyword).WithTrailingTrivia(SyntaxFactory.Space), expression, SyntaxFactory.Token(SyntaxKind.SemicolonToken))
            : SyntaxFactory.ExpressionStatement(expression));
    }

    private static AccessorListSyntax Getter(BlockSyntax block) =>
        SyntaxFactory.AccessorList(SyntaxFactory.SingletonList(SyntaxFactory.AccessorDeclaration(SyntaxKind.GetAccessorDeclaration, block)));

    private static BlockSyntax Checked(StatementSyntax body)
    {
        if (body is BlockSyntax block) return block.WithStatements(block.Statements.Insert(0, LoopCheck));
        return SyntaxFactory.Block(LoopCheck, body.WithoutTrailingTrivia()).WithTrailingTrivia(body.GetTrailingTrivia());
    }

    private static StatementSyntax Statement(string method) =>
        SyntaxFactory.ParseStatement($"global::{typeof(CellInterrupt).FullName}.{method}();");
}
