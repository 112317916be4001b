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
    private static readonly StatementSyntax LoopCheck = Statement(nameof(CellInterrupt.Check));
    private static readonly StatementSyntax FunctionCheck = Statement(nameof(CellInterrupt.Enter));

    public static SyntaxTree Rewrite(SyntaxTree tree, CSharpParseOptions options, System.Text.Encoding encoding)
    {
        var root = tree.GetRoot();
        var guarded = new LoopGuard().Visit(root);
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
        return AsBlock(visited.ExpressionBody, visited.ReturnType, visited.Modifiers) is { } block
            ? visited.WithExpressionBody(null).WithSemicolonToken(default).WithBody(block)
            : visited;
    }

    public override SyntaxNode? VisitLocalFunctionStatement(LocalFunctionStatementSyntax node)
    {
        var visited = (LocalFunctionStatementSyntax)base.VisitLocalFunctionStatement(node)!;
        if (visited.Body is { } body) return visited.WithBody(Entered(body));
        return AsBlock(visited.ExpressionBody, visited.ReturnType, visited.Modifiers) is { } block
            ? visited.WithExpressionBody(null).WithSemicolonToken(default).WithBody(block)
            : visited;
    }

    // Only those with a block: one that is a mere expression may have to become an expression tree.
    public override SyntaxNode? VisitSimpleLambdaExpression(SimpleLambdaExpressionSyntax node)
    {
        var visited = (SimpleLambdaExpressionSyntax)base.VisitSimpleLambdaExpression(node)!;
        return visited.Block is { } body ? visited.WithBlock(Entered(body)) : visited;
    }

    public override SyntaxNode? VisitParenthesizedLambdaExpression(ParenthesizedLambdaExpressionSyntax node)
    {
        var visited = (ParenthesizedLambdaExpressionSyntax)base.VisitParenthesizedLambdaExpression(node)!;
        return visited.Block is { } body ? visited.WithBlock(Entered(body)) : visited;
    }

    private static BlockSyntax Entered(BlockSyntax body) => body.WithStatements(body.Statements.Insert(0, FunctionCheck));

    private static BlockSyntax? AsBlock(ArrowExpressionClauseSyntax? arrow, TypeSyntax returns, SyntaxTokenList modifiers)
    {
        if (arrow is null || arrow.Expression is RefExpressionSyntax or ThrowExpressionSyntax) return null;

        var isVoid = returns is PredefinedTypeSyntax { Keyword.RawKind: (int)SyntaxKind.VoidKeyword };
        var isPlainTask = modifiers.Any(SyntaxKind.AsyncKeyword)
            && returns.DescendantNodesAndSelf().OfType<SimpleNameSyntax>().LastOrDefault() is IdentifierNameSyntax;
        StatementSyntax statement = isVoid || isPlainTask
            ? SyntaxFactory.ExpressionStatement(arrow.Expression)
            : SyntaxFactory.ReturnStatement(SyntaxFactory.Token(SyntaxKind.ReturnKeyword).WithTrailingTrivia(SyntaxFactory.Space), arrow.Expression, SyntaxFactory.Token(SyntaxKind.SemicolonToken));
        return SyntaxFactory.Block(FunctionCheck, statement).WithLeadingTrivia(arrow.GetLeadingTrivia()).WithTrailingTrivia(SyntaxFactory.ElasticMarker);
    }

    private static BlockSyntax Checked(StatementSyntax body)
    {
        if (body is BlockSyntax block) return block.WithStatements(block.Statements.Insert(0, LoopCheck));
        return SyntaxFactory.Block(LoopCheck, body.WithoutTrailingTrivia()).WithTrailingTrivia(body.GetTrailingTrivia());
    }

    private static StatementSyntax Statement(string method) =>
        SyntaxFactory.ParseStatement($"global::{typeof(CellInterrupt).FullName}.{method}();");
}
